using System.Buffers;
using System.Text;
using IdGenerator.Http.Formats;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// A request that the fast path may answer: a complete, flawless <c>GET /id HTTP/1.1</c> or <c>GET /ids/{count} HTTP/1.1</c>
/// without a body and without a header that changes how it is answered, but an <c>Accept</c> that names one format or leaves the
/// choice open. In doubt it is none: Kestrel knows better.
/// </summary>
/// <param name="Length">In bytes; 0 where it is none for the fast path.</param>
/// <param name="Count">IDs that are asked for, 1 to <see cref="MostIds"/>.</param>
/// <param name="Format">How they are written.</param>
internal readonly record struct FastRequest(int Length, int Count, IdFormat Format)
{
    /// <summary>So many fit into 4 KiB as JSON, the head of the answer included.</summary>
    public const int MostIds = 150;

    /// <summary>Kestrel's own limit of headers.</summary>
    private const int MostHeaders = 100;

    /// <summary>Of <see cref="MostIds"/>.</summary>
    private const int MostDigits = 3;

    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Host =
        SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static ReadOnlySpan<byte> IdLine => "GET /id HTTP/1.1\r\n"u8;

    private static ReadOnlySpan<byte> IdsBeforeCount => "GET /ids/"u8;

    private static ReadOnlySpan<byte> IdsAfterCount => " HTTP/1.1\r\n"u8;

    /// <returns>The request that <paramref name="data"/> begins with; the default where it is none for the fast path.</returns>
    public static FastRequest Parse(ReadOnlySpan<byte> data)
    {
        var position = ParseLine(data, out var count);
        if (position == 0) return default;

        IdFormat? format = count == 0 ? SingleFormat.Instance : IdFormat.All[0];
        int hosts = 0, accepts = 0;
        for (var headers = 0; headers <= MostHeaders; headers++)
        {
            var length = data[position..].IndexOf("\r\n"u8);
            if (length < 0) return default;
            var line = data.Slice(position, length);
            position += length + 2;
            if (length == 0) return hosts == 1 ? new(position, Math.Max(count, 1), format) : default;
            if (!TrySplit(line, out var name, out var value)) return default;

            if (Ascii.EqualsIgnoreCase(name, "host"u8))
            {
                if (++hosts > 1 || !IsHost(value)) return default;
            }
            else if (Ascii.EqualsIgnoreCase(name, "accept"u8))
            {
                if (++accepts > 1) return default;
                if (count > 0) format = FormatOf(value);
                else if (!PrefersJson(value)) format = null;
                if (format is null) return default;
            }
            else if (ChangesTheAnswer(name, value))
            {
                return default;
            }
        }

        return default;
    }

    /// <summary>
    /// Whether the rest of a block, which clients may fill with one request after the other, is the beginning of another request
    /// for the fast path. A blank line in it, however it is written, would have ended that request.
    /// </summary>
    public static bool MayBegin(ReadOnlySpan<byte> rest) =>
        MayBeginLine(rest) && rest.IndexOf("\n\n"u8) < 0 && rest.IndexOf("\n\r\n"u8) < 0;

    /// <param name="data">What came in.</param>
    /// <param name="count">0 for <c>/id</c>.</param>
    /// <returns>Where the headers begin; 0 where it is no line for the fast path.</returns>
    private static int ParseLine(ReadOnlySpan<byte> data, out int count)
    {
        count = 0;
        if (data.StartsWith(IdLine)) return IdLine.Length;
        if (!data.StartsWith(IdsBeforeCount)) return 0;

        var position = IdsBeforeCount.Length;
        for (; position < data.Length && data[position] is >= (byte)'0' and <= (byte)'9'; position++)
        {
            count = (count * 10) + data[position] - '0';
            // A zero at the beginning is Kestrel's to refuse, or to read.
            if (count is 0 or > MostIds) return 0;
        }

        return count > 0 && data[position..].StartsWith(IdsAfterCount) ? position + IdsAfterCount.Length : 0;
    }

    private static bool MayBeginLine(ReadOnlySpan<byte> rest)
    {
        if (IsBeginningOf(rest, IdLine) || IdsBeforeCount.StartsWith(rest)) return true;
        if (!rest.StartsWith(IdsBeforeCount)) return false;

        rest = rest[IdsBeforeCount.Length..];
        var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits < 0 ? rest.Length <= MostDigits : digits is > 0 and <= MostDigits && IsBeginningOf(rest[digits..], IdsAfterCount);
    }

    /// <summary>Whether one begins with the other.</summary>
    private static bool IsBeginningOf(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> line) => line.StartsWith(rest) || rest.StartsWith(line);

    private static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        name = colon < 0 ? default : line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        return colon > 0 && !name.ContainsAnyExcept(Token) && !value.ContainsAnyExceptInRange((byte)' ', (byte)'~');
    }

    /// <returns>Null where it takes more than one look (RFC 9110, section 12.5.1): several, weights, other wildcards.</returns>
    private static IdFormat? FormatOf(ReadOnlySpan<byte> accept)
    {
        if (accept.SequenceEqual("*/*"u8)) return IdFormat.All[0];
        foreach (var format in IdFormat.All)
            if (Ascii.EqualsIgnoreCase(accept, format.MediaType)) return format;
        return null;
    }

    /// <summary>Whether JSON comes first, without a weight: nothing is preferred to it then. Many clients send such a list.</summary>
    private static bool PrefersJson(ReadOnlySpan<byte> accept)
    {
        var end = accept.IndexOf((byte)',');
        var first = end < 0 ? accept : accept[..end];
        return first.SequenceEqual("*/*"u8) ? end < 0 : Ascii.EqualsIgnoreCase(first, "application/json"u8);
    }

    /// <summary>A name or an IPv4 address, and a port or none.</summary>
    private static bool IsHost(ReadOnlySpan<byte> value)
    {
        var colon = value.IndexOf((byte)':');
        var name = colon < 0 ? value : value[..colon];
        if (name.IsEmpty || name.ContainsAnyExcept(Host)) return false;
        return colon < 0 || (colon < value.Length - 1 && !value[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
    }

    /// <summary>Headers of the body, the connection and the protocol (RFC 9110, sections 7.6 to 7.8, 8.6 and 10.1).</summary>
    private static bool ChangesTheAnswer(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => name.Length switch
    {
        2 => Ascii.EqualsIgnoreCase(name, "te"u8),
        6 => Ascii.EqualsIgnoreCase(name, "expect"u8),
        7 => Ascii.EqualsIgnoreCase(name, "trailer"u8) || Ascii.EqualsIgnoreCase(name, "upgrade"u8),
        // Some clients say what HTTP/1.1 connections are anyway (RFC 9112, section 9.3).
        10 => (Ascii.EqualsIgnoreCase(name, "connection"u8) && !Ascii.EqualsIgnoreCase(value, "keep-alive"u8))
            || Ascii.EqualsIgnoreCase(name, "keep-alive"u8),
        14 => Ascii.EqualsIgnoreCase(name, "content-length"u8) || Ascii.EqualsIgnoreCase(name, "http2-settings"u8),
        16 => Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        17 => Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8),
        _ => false,
    };
}
