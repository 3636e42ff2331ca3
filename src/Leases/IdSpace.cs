using System.Text.RegularExpressions;

namespace IdGenerator.Leases;

/// <summary>Names of ID spaces: no two processes of one space have the same worker ID.</summary>
public static partial class IdSpace
{
    /// <summary>What a name may be, for messages.</summary>
    public const string Allowed = "1 to 40 small letters, digits and dashes";

    public static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex(@"\A[-a-z0-9]{1,40}\z")]
    private static partial Regex Name();
}
