using System.Text;

namespace IdGenerator.Idaudit.Reading;

/// <summary>What tells a table, and its header, from IDs.</summary>
internal static class Table
{
    /// <summary>Digits of an ID of the layout's first day, after its first second.</summary>
    private const int ShortestId = 10;

    /// <summary>The first separator of a line that is not within quotes; null where there is none.</summary>
    public static byte? SeparatorOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> separators)
    {
        var isQuoted = false;
        foreach (var character in line)
        {
            if (character == '"') isQuoted = !isQuoted;
            else if (!isQuoted && separators.Contains(character)) return character;
        }

        return null;
    }

    /// <summary>A name of a column does not begin like a number: what does is a value, if perhaps no ID.</summary>
    public static bool CanBeName(ReadOnlySpan<byte> field) =>
        field is [not ((>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'+' or (byte)'.'), ..];

    /// <summary>
    /// Whether what <see cref="CanBeName(string)"/> is one: it has letters, and no number as long as an ID. Programs that write tables put
    /// marks before numbers ('123, ="123", a space that does not break), and passing over an ID would hide that it comes again.
    /// </summary>
    public static bool IsName(string field)
    {
        int digits = 0, most = 0;
        foreach (var character in field)
        {
            digits = char.IsDigit(character) ? digits + 1 : 0;
            most = Math.Max(most, digits);
        }

        return field.Any(char.IsLetter) && most < ShortestId;
    }

    /// <inheritdoc cref="CanBeName(ReadOnlySpan{byte})"/>
    public static bool CanBeName(string field) => CanBeName(Encoding.UTF8.GetBytes(field));
}
