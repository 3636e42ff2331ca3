using System.Text;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>
/// The IDs of one column of a table. A header, where there is one, and blank lines are passed over. As many columns in every
/// line as in the first: else separators are not what they seem, and IDs could be missed.
/// </summary>
internal sealed class TableIds(Audit audit, Format format, string? wanted)
{
    private byte _separator;
    private int _columns;

    /// <summary>Null until the first line was read.</summary>
    public Column? Column { get; private set; }

    /// <exception cref="UnreadableException">
    /// The columns leave open what is meant, or are not the same in every line, or the last line is not whole.
    /// </exception>
    public void Read(ByteWindow window)
    {
        do
        {
            while (Take(window.Bytes) is > 0 and var length) window.Skip(length);
        }
        while (window.Grow());

        if (window.Bytes.Length > 0)
        {
            throw new UnreadableException("the last line has no line feed, or a quote in it is not closed", isCut: true);
        }
    }

    /// <returns>The length of the record that was taken; 0 where the bytes do not hold a whole one.</returns>
    private int Take(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0) return 0;
        if (!bytes[..end].ContainsAnyExcept(" \r"u8)) return end + 1;
        return Column is { } column ? TakeRecord(bytes, column) : TakeFirst(bytes, bytes[..end]);
    }

    private int TakeFirst(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> line)
    {
        _separator = format == Format.Tsv ? (byte)'\t' : Table.SeparatorOf(line, ",;|"u8) ?? (byte)',';
        var fields = new List<string>();
        var record = new Record(bytes, _separator);
        while (record.MoveNext()) fields.Add(Encoding.UTF8.GetString(record.Field).Replace("\"\"", "\"", StringComparison.Ordinal));
        if (!record.IsComplete) return 0;

        _columns = fields.Count;
        Column = Column.Choose(fields, wanted);
        return Column.Header is null ? TakeRecord(bytes, Column) : record.Length;
    }

    private int TakeRecord(ReadOnlySpan<byte> bytes, Column column)
    {
        var field = default(ReadOnlySpan<byte>);
        var count = 0;
        var record = new Record(bytes, _separator);
        while (record.MoveNext())
        {
            if (++count == column.Number) field = record.Field;
        }

        if (!record.IsComplete) return 0;
        if (count != _columns)
        {
            var reason = $"the next line has another number of columns ({count}) than the first ({_columns})";
            throw new UnreadableException(reason, isCut: false);
        }

        if (Digits.TryParse(field, out var id)) audit.Add(id);
        else audit.Reject(field);
        return record.Length;
    }
}
