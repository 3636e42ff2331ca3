namespace IdGenerator.Hostile.Fuzzing;

/// <summary>Everything that is random in one case: the same seed and case, the same requests.</summary>
internal sealed class Dice(int seed, int caseNumber)
{
    private readonly Random _random = new(unchecked(seed * 1_000_003 + caseNumber));

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Number(int least, int most) => _random.Next(least, most + 1);

    public bool Chance(int percent) => _random.Next(100) < percent;

    public T Pick<T>(params ReadOnlySpan<T> from) => from[_random.Next(from.Length)];

    public string Text(string letters, int least, int most) =>
        string.Concat(Enumerable.Range(0, Number(least, most)).Select(_ => letters[_random.Next(letters.Length)]));
}
