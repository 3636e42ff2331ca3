using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>Reads whole streams, one after the other, into an <see cref="Audit"/>.</summary>
internal sealed class StreamReading(Audit audit, Format format, string? column)
{
    public const string StandardInput = "-";

    /// <summary>U+FEFF in UTF-8: before a text it is a signature, and no part of it (RFC 3629, section 6).</summary>
    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    private readonly byte[] _buffer = new byte[1 << 20];

    /// <summary>
    /// Reads a file, or standard input where <paramref name="name"/> is <c>-</c>. Failures become part of the report.
    /// </summary>
    public void ReadFile(string name)
    {
        try
        {
            using var stream = name == StandardInput
                ? Console.OpenStandardInput()
                : new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            Read(name, stream);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            audit.Begin(name);
            audit.End(null, null, new UnreadableException(failure.Message, isCut: false));
        }
    }

    public void Read(string name, Stream stream)
    {
        audit.Begin(name);
        Format? actual = null;
        TableIds? table = null;
        UnreadableException? problem = null;
        try
        {
            var window = new ByteWindow(stream, _buffer);
            actual = Recognise(window);
            if (actual is Format.Csv or Format.Tsv) table = new(audit, actual.Value, column);
            Take(window, actual.Value, table);
        }
        catch (UnreadableException failure)
        {
            problem = failure;
        }

        audit.End(actual, table?.Column, problem);
    }

    private Format Recognise(ByteWindow window)
    {
        if (format == Format.Binary) return format;
        window.GrowTo(Sniffing.SampleSize);
        ForeignFormats.Refuse(Sample(window));
        if (window.Bytes.StartsWith(Mark)) window.Skip(Mark.Length);
        var found = format == Format.Auto ? Sniffing.Detect(Sample(window)) : format;
        return found == Format.Text && column is not null ? Format.Csv : found;
    }

    private void Take(ByteWindow window, Format actual, TableIds? table)
    {
        if (table is not null)
        {
            table.Read(window);
            return;
        }

        if (column is not null) throw new UnreadableException("--column is for tables (csv, tsv), and this is none", isCut: false);
        switch (actual)
        {
            case Format.Json:
                new JsonIds(audit).Read(window);
                break;
            case Format.Binary:
                BinaryIds.Read(window, audit);
                break;
            default:
                TextIds.Read(window, audit);
                break;
        }
    }

    private static ReadOnlySpan<byte> Sample(ByteWindow window) =>
        window.Bytes[..Math.Min(window.Bytes.Length, Sniffing.SampleSize)];
}
