using System.Text;

namespace IdGenerator.Idaudit.Reading;

/// <summary>What tells a table, and its header, from IDs.</summary>
internal static class Table
{
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

    /// <inheritdoc cref="CanBeName(ReadOnlySpan{byte})"/>
    public static bool CanBeName(string field) => CanBeName(Encoding.UTF8.GetBytes(field));
}
