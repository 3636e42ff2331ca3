using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>The smallest parts of both text formats, labels and numbers, without an allocation.</summary>
internal static class ExpositionText
{
    private const int MaxNumber = 32;

    private static readonly SearchValues<char> ToEscape = SearchValues.Create("\\\"\n");

    public static void WriteLabel(IBufferWriter<byte> output, string key, object? value)
    {
        WriteKey(output, key);
        output.Write("=\""u8);
        switch (value)
        {
            case string text:
                WriteEscaped(output, text);
                break;
            case bool flag:
                output.Write(flag ? "true"u8 : "false"u8);
                break;
            case int or long:
                WriteNumber(output, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            default:
                WriteEscaped(output, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }

        output.Write("\""u8);
    }

    public static void WriteNumber(IBufferWriter<byte> output, long value)
    {
        Utf8Formatter.TryFormat(value, output.GetSpan(MaxNumber), out var written);
        output.Advance(written);
    }

    public static void WriteNumber(IBufferWriter<byte> output, double value)
    {
        if (double.IsInfinity(value))
        {
            output.Write(value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }

        value.TryFormat(output.GetSpan(MaxNumber), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>
    /// The upper bound of a bucket. It is a label, compared as text: so both formats get the spelling that OpenMetrics calls
    /// canonical, <c>1.0</c> and <c>5e-05</c>, and queries need not know which of them was scraped.
    /// </summary>
    public static void WriteBound(IBufferWriter<byte> output, double bound)
    {
        if (double.IsInfinity(bound))
        {
            output.Write("+Inf"u8);
            return;
        }

        var number = output.GetSpan(MaxNumber);
        bound.TryFormat(number, out var written, default, CultureInfo.InvariantCulture);
        number[..written].Replace((byte)'E', (byte)'e');
        var isWhole = !number[..written].ContainsAny(".e"u8);
        output.Advance(written);
        if (isWhole) output.Write(".0"u8);
    }

    /// <summary>The beginning of an exemplar, up to its value.</summary>
    public static void WriteTrace(IBufferWriter<byte> output, ActivityTraceId trace, ActivitySpanId span)
    {
        output.Write(" # {trace_id=\""u8);
        WriteEscaped(output, trace.ToHexString());
        output.Write("\",span_id=\""u8);
        WriteEscaped(output, span.ToHexString());
        output.Write("\"} "u8);
    }

    private static void WriteKey(IBufferWriter<byte> output, string key)
    {
        if (char.IsAsciiDigit(key[0])) output.Write("_"u8);
        var bytes = output.GetSpan(key.Length);
        for (var index = 0; index < key.Length; index++)
        {
            bytes[index] = char.IsAsciiLetterOrDigit(key[index]) ? (byte)key[index] : (byte)'_';
        }

        output.Advance(key.Length);
    }

    private static void WriteEscaped(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(ToEscape) is >= 0 and var index)
        {
            Encoding.UTF8.GetBytes(text[..index], output);
            output.Write(text[index] switch
            {
                '\\' => "\\\\"u8,
                '"' => "\\\""u8,
                _ => "\\n"u8,
            });
            text = text[(index + 1)..];
        }

        Encoding.UTF8.GetBytes(text, output);
    }
}
