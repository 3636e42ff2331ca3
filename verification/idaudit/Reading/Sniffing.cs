using System.Buffers;
using System.Buffers.Binary;

namespace IdGenerator.Idaudit.Reading;

/// <summary>Tells the format of a stream by its first bytes, and refuses where they leave it open.</summary>
internal static class Sniffing
{
    /// <summary>Bytes of a stream that are looked at, a whole number of binary IDs.</summary>
    public const int SampleSize = 4096;

    // Until here the upper byte is 0, as in UTF-16, in numbers of 32 bits and in zeros; the first 199 days of the layout.
    private const long LowestPlausible = 1L << 56;

    private static readonly SearchValues<byte> Control = SearchValues.Create(
        [.. Enumerable.Range(0, ' ').Select(code => (byte)code).Except("\t\r\n"u8.ToArray()), 0x7F]);

    /// <summary>
    /// Text is what has no control characters, whatever its encoding is beyond ASCII. A binary ID has one as its upper byte
    /// until 2041 (but for 0x09, 0x0A and 0x0D, from 2028 on).
    /// </summary>
    /// <exception cref="UnreadableException">It is neither text nor plausible as binary IDs.</exception>
    public static Format Detect(ReadOnlySpan<byte> sample)
    {
        if (!sample.ContainsAny(Control)) return DetectText(sample.TrimStart(" \t\r\n"u8));
        if (IsPlausible(sample, DateTimeOffset.UtcNow.AddDays(1))) return Format.Binary;
        throw new UnreadableException(
            "it is neither text nor plausible as binary IDs (8 bytes each, little-endian, made until now); "
            + "if it is binary all the same, say --format binary",
            isCut: false);
    }

    private static Format DetectText(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'{' or (byte)'[', ..]) return Format.Json;
        if (text is [(byte)'<', ..]) throw new UnreadableException("it is XML or HTML, which is not read", isCut: false);

        var end = text.IndexOf((byte)'\n');
        var line = text[..(end < 0 ? text.Length : end)].Trim(" \t\r"u8);
        if (Table.SeparatorOf(line, "\t,;|"u8) is { } separator) return separator == '\t' ? Format.Tsv : Format.Csv;
        if (line is [(byte)'"'] or [(byte)'"', >= (byte)'0' and <= (byte)'9', ..]) return Format.Json;
        return Table.CanBeName(line) ? Format.Csv : Format.Text;
    }

    private static bool IsPlausible(ReadOnlySpan<byte> sample, DateTimeOffset latest)
    {
        if (sample.Length % sizeof(long) != 0) return false;
        for (; sample.Length > 0; sample = sample[sizeof(long)..])
        {
            var value = BinaryPrimitives.ReadInt64LittleEndian(sample);
            if (value < LowestPlausible || new SnowflakeId(value).CreatedAt > latest) return false;
        }

        return true;
    }
}
