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

    private EndLines _end = new(0, [], []);

    /// <summary>The first part, for <see cref="WriteHead"/>.</summary>
    public static byte[] Beginning(string mediaType) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {mediaType}\r\nCache-Control: no-store\r\nContent-Length: ");

    /// <summary>Writes a head that ends where <paramref name="room"/> does.</summary>
    /// <param name="room">To write into.</param>
    /// <param name="beginning">The first part.</param>
    /// <param name="bodyLength">In bytes.</param>
    /// <param name="isLast">Whether the connection ends after the answer.</param>
    /// <param name="now">The time provider's timestamp.</param>
    /// <returns>Where in it the head begins.</returns>
    public int WriteHead(Span<byte> room, byte[] beginning, int bodyLength, bool isLast, long now)
    {
        var end = _end;
        if (now >= end.Outdated) _end = end = EndLines.Of(time.GetUtcNow(), outdated: now + time.TimestampFrequency);
        var lines = isLast ? end.Last : end.Usual;

        Span<byte> length = stackalloc byte[MaxDigits];
        Utf8Formatter.TryFormat(bodyLength, length, out var digits);
        var start = room.Length - lines.Length - digits - beginning.Length;
        beginning.CopyTo(room[start..]);
        length[..digits].CopyTo(room[(start + beginning.Length)..]);
        lines.CopyTo(room[^lines.Length..]);
        return start;
    }

    /// <param name="Outdated">The timestamp at which their <c>Date</c> is a second old.</param>
    /// <param name="Usual">Of an answer after which the connection goes on.</param>
    /// <param name="Last">Of the last answer of a connection.</param>
    private sealed record EndLines(long Outdated, byte[] Usual, byte[] Last)
    {
        public static EndLines Of(DateTimeOffset date, long outdated)
        {
            var line = $"\r\nDate: {date.ToString("R", CultureInfo.InvariantCulture)}\r\n";
            return new(outdated, Encoding.ASCII.GetBytes($"{line}\r\n"), Encoding.ASCII.GetBytes($"{line}Connection: close\r\n\r\n"));
        }
    }
}
