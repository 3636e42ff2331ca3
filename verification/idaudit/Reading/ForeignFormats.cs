namespace IdGenerator.Idaudit.Reading;

/// <summary>What people have that is not read as it is, known by its first bytes, with what to do about it.</summary>
internal static class ForeignFormats
{
    /// <exception cref="UnreadableException">It is one of these.</exception>
    public static void Refuse(ReadOnlySpan<byte> sample)
    {
        if (Recognise(sample) is not { } advice) return;
        throw new UnreadableException($"it is {advice} | idaudit (if it is binary IDs, say --format binary)", isCut: false);
    }

    private static string? Recognise(ReadOnlySpan<byte> sample)
    {
        if (sample.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B, 0x08])) return "gzip: unpack it first, zcat FILE";
        if (sample.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD])) return "zstd: unpack it first, zstdcat FILE";
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xFD, .. "7zXZ\0"u8])) return "xz: unpack it first, xzcat FILE";
        if (sample.StartsWith("PK\x03\x04"u8)) return "zip: unpack it first, unzip -p FILE";

        // Its fourth byte is the size of its blocks.
        var isBzip2 = sample.StartsWith("BZh"u8) && sample.Length > 4 && sample[4..].StartsWith("1AY&SY"u8);
        if (isBzip2) return "bzip2: unpack it first, bzcat FILE";

        var isLittleEndian = sample.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || IsAscii16(sample, high: 1);
        if (isLittleEndian) return "UTF-16: convert it first, iconv -f UTF-16LE -t UTF-8 FILE";
        var isBigEndian = sample.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || IsAscii16(sample, high: 0);
        return isBigEndian ? "UTF-16: convert it first, iconv -f UTF-16BE -t UTF-8 FILE" : null;
    }

    /// <summary>UTF-16 without a mark: one byte of each pair is always 0, and the other never.</summary>
    private static bool IsAscii16(ReadOnlySpan<byte> sample, int high)
    {
        if (sample.Length < 2) return false;
        for (var at = 0; at + 1 < sample.Length; at += 2)
        {
            if (sample[at + high] != 0 || sample[at + 1 - high] is 0 or > 0x7E) return false;
        }

        return true;
    }
}
