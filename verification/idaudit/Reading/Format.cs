using System.Buffers;

namespace IdGenerator.Idaudit.Reading;

/// <summary>How IDs are written in a stream.</summary>
internal enum Format
{
    Auto,

    /// <summary>See <see cref="TextIds"/>.</summary>
    Text,

    /// <summary>See <see cref="JsonIds"/>.</summary>
    Json,

    /// <summary>See <see cref="BinaryIds"/>.</summary>
    Binary,
}

internal static class Formats
{
    /// <summary>Bytes of a stream that are looked at: no doubt is left where it holds more than a few IDs.</summary>
    public const int SampleSize = 4096;

    private static readonly SearchValues<byte> Printable = SearchValues.Create(
        [.. "\t\r\n"u8, .. Enumerable.Range(' ', '~' - ' ' + 1).Select(code => (byte)code)]);

    /// <summary>
    /// The format of a stream that begins with <paramref name="sample"/>: text only where all of it is printable. The
    /// upper byte of a binary ID is not printable before 2041 (but for 0x09, 0x0A and 0x0D, from 2028 on).
    /// </summary>
    public static Format Detect(ReadOnlySpan<byte> sample)
    {
        if (sample.ContainsAnyExcept(Printable)) return Format.Binary;
        var text = sample.TrimStart(" \t\r\n"u8);
        return text is [(byte)'{' or (byte)'[' or (byte)'"', ..] ? Format.Json : Format.Text;
    }
}
