using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// The bytes of an answer to <c>GET /id</c>: those before the digits are made once a second, for the <c>Date</c>
/// (RFC 9110, section 6.6.1), and copied.
/// </summary>
internal sealed class FastResponse(TimeProvider time)
{
    private const int MaxDigits = 19;

    private AnswerHead _head = AnswerHead.At(0);

    /// <summary>An answer is never longer than this.</summary>
    public static int MaxLength { get; } = AnswerHead.At(0).Bytes.Length + MaxDigits + 2;

    /// <returns>The length of the answer, which <paramref name="buffer"/> begins with.</returns>
    public int Write(Span<byte> buffer, long id)
    {
        var second = time.GetUtcNow().Ticks / TimeSpan.TicksPerSecond;
        var head = _head;
        if (head.Second != second) _head = head = AnswerHead.At(second);

        var length = head.Bytes.Length;
        head.Bytes.CopyTo(buffer);
        Utf8Formatter.TryFormat(id, buffer[length..], out var digits);
        "\"}"u8.CopyTo(buffer[(length + digits)..]);
        Utf8Formatter.TryFormat(digits + 9, buffer[head.ContentLengthAt..], out _, new StandardFormat('D', 2));
        return length + digits + 2;
    }

    private sealed record AnswerHead(long Second, byte[] Bytes, int ContentLengthAt)
    {
        public static AnswerHead At(long second)
        {
            var date = new DateTime(second * TimeSpan.TicksPerSecond, DateTimeKind.Utc);
            const string toLength =
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: ";
            var text = $"{toLength}00\r\nDate: {date.ToString("R", CultureInfo.InvariantCulture)}\r\n\r\n{{\"id\":\"";
            return new(second, Encoding.ASCII.GetBytes(text), toLength.Length);
        }
    }
}
