using System.Globalization;
using System.Text;

namespace IdGenerator.Hostile.Wire;

/// <summary>Bytes as text, a character each, and back.</summary>
internal static class Bytes
{
    public static byte[] Of(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>As <c>printf</c> and <c>$'…'</c> understand them.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes, int most = 2_000)
    {
        var text = new StringBuilder();
        foreach (var octet in bytes[..Math.Min(most, bytes.Length)])
        {
            _ = octet switch
            {
                (byte)'\r' => text.Append("\\r"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\\' => text.Append("\\\\"),
                >= 32 and < 127 => text.Append((char)octet),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}"),
            };
        }

        if (bytes.Length > most) text.Append(CultureInfo.InvariantCulture, $"… ({bytes.Length} bytes)");
        return text.ToString();
    }
}
