namespace IdGenerator.Http.Answers;

internal static class Decimals
{
    /// <summary>
    /// Reads plain ASCII digits, leading zeros included, and nothing else: no sign, space, point or exponent.
    /// </summary>
    /// <returns>The number, or <see cref="long.MaxValue"/> where it is larger; null where it is none.</returns>
    public static long? Parse(string text)
    {
        if (text.Length == 0) return null;
        long number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit)) return null;
            number = number > (long.MaxValue - (digit - '0')) / 10 ? long.MaxValue : number * 10 + (digit - '0');
        }

        return number;
    }
}
