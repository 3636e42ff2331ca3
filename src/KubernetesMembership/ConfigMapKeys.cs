using System.Globalization;
using IdGenerator.Membership;

namespace IdGenerator.KubernetesMembership;

/// <summary>What is where in the data of the membership object. Keys that are not named here are others' and stay.</summary>
internal static class ConfigMapKeys
{
    public const string Cluster = "cluster";
    public const string Version = "version";
    public const string SiloPrefix = "silo.";
    public const string AlivePrefix = "alive.";

    public static string Silo(string address) => SiloPrefix + Legal(address);

    public static string Alive(string address) => AlivePrefix + Legal(address);

    /// <summary>A row as the object's data hold it: what it says, and when the silo said that it is alive.</summary>
    public static IEnumerable<(string Key, string Value)> Of(MembershipRow row) =>
    [
        (Silo(row.Address), row.ToJson()),
        (Alive(row.Address), Text(row.Alive)),
    ];

    public static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);

    public static string Text(DateTime utc) => utc.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>
    /// Different for different addresses: the last dash comes before the generation, one before it could only be that of an
    /// IPv6 scope, and no address has an underscore.
    /// </summary>
    private static string Legal(string address) => address.Replace(':', '_').Replace('@', '-').Replace('%', '-');
}
