using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reading;

/// <summary>
/// One decimal ID a line. Blanks around it and blank lines are passed over; a line that is no ID is an invalid value.
/// </summary>
internal static class TextIds
{
    /// <exception cref="UnreadableException">
    /// The last line has no line feed: digits may be missing from it, so it is not taken for an ID.
    /// </exception>
    public static void Read(ByteWindow window, Audit audit)
    {
        do
        {
            window.Skip(TakeLines(window.Bytes, audit));
        }
        while (window.Grow());

        if (window.Bytes.Length > 0) throw new UnreadableException("the last line has no line feed", isCut: true);
    }

    private static int TakeLines(ReadOnlySpan<byte> bytes, Audit audit)
    {
        var taken = 0;
        while (bytes[taken..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            Take(bytes.Slice(taken, length).TrimEnd((byte)'\r'), audit);
            taken += length + 1;
        }

        return taken;
    }

    private static void Take(ReadOnlySpan<byte> line, Audit audit)
    {
        if (Digits.TryParse(line, out var id)) audit.Add(id);
        else TakeOther(line.Trim(" \t\r"u8), audit);
    }

    private static void TakeOther(ReadOnlySpan<byte> line, Audit audit)
    {
        if (Digits.TryParse(line, out var id)) audit.Add(id);
        else if (line.Length > 0) audit.Reject(line);
    }
}
