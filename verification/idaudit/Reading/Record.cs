namespace IdGenerator.Idaudit.Reading;

/// <summary>
/// One record of a table, field by field, without the blanks around them. With commas and the like, fields may be in quotes
/// and then hold separators and line feeds (RFC 4180). Tabs and line feeds always separate: there, quotes are only taken off.
/// </summary>
internal ref struct Record(ReadOnlySpan<byte> bytes, byte separator)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly byte _separator = separator;

    private static ReadOnlySpan<byte> Blanks => " \t\r"u8;

    public ReadOnlySpan<byte> Field { get; private set; }

    /// <summary>Bytes taken, the line feed at the end included.</summary>
    public int Length { get; private set; }

    /// <summary>The line feed at the end was seen.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>False after the last field, or where the bytes end within one.</summary>
    /// <exception cref="UnreadableException">Something follows a closing quote.</exception>
    public bool MoveNext()
    {
        if (IsComplete) return false;
        var rest = _bytes[Length..];
        return _separator != '\t' && rest.TrimStart((byte)' ') is [(byte)'"', ..]
            ? TakeQuoted(rest, rest.IndexOf((byte)'"') + 1)
            : TakePlain(rest);
    }

    private bool TakePlain(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAny(_separator, (byte)'\n');
        if (end < 0) return false;
        Field = rest[..end].Trim(Blanks);
        if (_separator == '\t' && Field is [(byte)'"', .. var inner, (byte)'"']) Field = inner;
        return Take(rest, end);
    }

    private bool TakeQuoted(ReadOnlySpan<byte> rest, int start)
    {
        var close = start;
        while (true)
        {
            var found = rest[close..].IndexOf((byte)'"');
            close += found;
            if (found < 0 || close + 1 == rest.Length) return false;
            if (rest[close + 1] != '"') break;
            close += 2;
        }

        var gap = rest[(close + 1)..].IndexOfAny(_separator, (byte)'\n');
        if (gap < 0) return false;
        if (rest.Slice(close + 1, gap).ContainsAnyExcept(Blanks))
        {
            throw new UnreadableException("something follows a closing quote", isCut: false);
        }

        Field = rest[start..close].Trim(Blanks);
        return Take(rest, close + 1 + gap);
    }

    private bool Take(ReadOnlySpan<byte> rest, int end)
    {
        IsComplete = rest[end] == '\n';
        Length += end + 1;
        return true;
    }
}
