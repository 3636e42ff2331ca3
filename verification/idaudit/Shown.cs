namespace IdGenerator.Idaudit;

/// <summary>Text of a stream as it is shown: not all of a long one, and nothing that a terminal would obey.</summary>
internal static class Shown
{
    private const int MaxCharacters = 40;

    public static string Of(string text)
    {
        var part = text[..Math.Min(text.Length, MaxCharacters)];
        return string.Concat(part.Select(character => char.IsControl(character) ? '?' : character));
    }
}
