using System.Globalization;

namespace IdGenerator.Idaudit.Reading;

/// <summary>IDs as text: 1 to 19 ASCII digits, at most <see cref="long.MaxValue"/>; no sign, no space, no exponent.</summary>
internal static class Digits
{
    private const int MaxDigits = 19;

    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > MaxDigits) return false;

        // 19 digits always fit 64 unsigned bits.
        ulong sum = 0;
        foreach (var character in text)
        {
            var digit = (uint)(character - '0');
            if (digit > 9) return false;
            sum = sum * 10 + digit;
        }

        value = (long)sum;
        return value >= 0;
    }

    public static string Format(long value) => value.ToString(CultureInfo.InvariantCulture);
}
