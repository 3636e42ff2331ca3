using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// The head of an answer: the part up to the length of the body is the same for all answers of a media type, the part after it is
/// made once a second, for the <c>Date</c> (RFC 9110, section 6.6.1).
/// </summary>
internal sealed class FastResponse(TimeProvider time)
{
    private const int MaxDigits = 6;

    private DateLines _dates = DateLines.At(0);

    /// <summary>The first part, for <see cref="WriteHead"/>.</summary>
    public static byte[] Beginning(string mediaType) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {mediaType}\r\nCache-Control: no-store\r\nContent-Length: ");

    /// <summary>Writes a head that ends where <paramref name="room"/> does.</summary>
    /// <returns>Where in it the head begins.</returns>
    public int WriteHead(Span<byte> room, byte[] beginning, int bodyLength)
    {
        var second = time.GetUtcNow().Ticks / TimeSpan.TicksPerSecond;
        var dates = _dates;
        if (dates.Second != second) _dates = dates = DateLines.At(second);

        Span<byte> length = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(bodyLength, length, out var digits);
        var start = room.Length - dates.Bytes.Length - digits - beginning.Length;
        beginning.CopyTo(room[start..]);
        length[..digits].CopyTo(room[(start + beginning.Length)..]);
        dates.Bytes.CopyTo(room[^dates.Bytes.Length..]);
        return start;
    }

    private sealed record DateLines(long Second, byte[] Bytes)
    {
        public static DateLines At(long second)
        {
            var date = new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
            return new(second, Encoding.ASCII.GetBytes($"\r\nDate: {date.ToString("R", CultureInfo.InvariantCulture)}\r\n\r\n"));
        }
    }
}
