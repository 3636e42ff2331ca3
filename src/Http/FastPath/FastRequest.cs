using System.Buffers;
using System.Text;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// Tells the requests that the fast path may answer from all others: a complete, flawless <c>GET /id HTTP/1.1</c> without a
/// body and without a header that changes how it is answered. In doubt it is one of the others: Kestrel knows better.
/// </summary>
internal static class FastRequest
{
    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> Host =
        SearchValues.Create("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Kestrel's own limit of headers.</summary>
    private const int MostHeaders = 100;

    private static ReadOnlySpan<byte> RequestLine => "GET /id HTTP/1.1\r\n"u8;

    /// <returns>The length of the request that <paramref name="data"/> begins with; 0 where it is not one for the fast path.</returns>
    public static int Measure(ReadOnlySpan<byte> data)
    {
        if (!data.StartsWith(RequestLine)) return 0;

        var hosts = 0;
        var position = RequestLine.Length;
        for (var headers = 0; headers <= MostHeaders; headers++)
        {
            var length = data[position..].IndexOf("\r\n"u8);
            if (length < 0) return 0;
            var line = data.Slice(position, length);
            position += length + 2;
            if (length == 0) return hosts == 1 ? position : 0;
            if (!IsHarmless(line, ref hosts)) return 0;
        }

        return 0;
    }

    /// <summary>
    /// Whether the rest of a block, which clients may fill with one request after the other, is the beginning of another request
    /// for the fast path. A blank line in it, however it is written, would have ended that request.
    /// </summary>
    public static bool MayBegin(ReadOnlySpan<byte> rest) =>
        (RequestLine.StartsWith(rest) || rest.StartsWith(RequestLine))
        && rest.IndexOf("\n\n"u8) < 0 && rest.IndexOf("\n\r\n"u8) < 0;

    private static bool IsHarmless(ReadOnlySpan<byte> line, ref int hosts)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0) return false;
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (name.ContainsAnyExcept(Token) || value.ContainsAnyExceptInRange((byte)' ', (byte)'~')) return false;

        if (Ascii.EqualsIgnoreCase(name, "host"u8))
        {
            hosts++;
            return IsHost(value);
        }

        // Some clients say what HTTP/1.1 connections are anyway (RFC 9112, section 9.3).
        if (Ascii.EqualsIgnoreCase(name, "connection"u8)) return Ascii.EqualsIgnoreCase(value, "keep-alive"u8);

        return !ChangesTheAnswer(name);
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
    private static bool ChangesTheAnswer(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => Ascii.EqualsIgnoreCase(name, "te"u8),
        6 => Ascii.EqualsIgnoreCase(name, "expect"u8),
        7 => Ascii.EqualsIgnoreCase(name, "trailer"u8) || Ascii.EqualsIgnoreCase(name, "upgrade"u8),
        10 => Ascii.EqualsIgnoreCase(name, "keep-alive"u8),
        14 => Ascii.EqualsIgnoreCase(name, "content-length"u8) || Ascii.EqualsIgnoreCase(name, "http2-settings"u8),
        16 => Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        17 => Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8),
        _ => false,
    };
}
