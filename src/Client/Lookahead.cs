namespace IdGenerator.Client;

/// <summary>
/// How many to reserve beyond what is asked for, between 0 and <paramref name="max"/>: about as many as are used before they
/// are too old. Twice as many once all were used in time, half as many once more than half were not. Not thread-safe.
/// </summary>
internal struct Lookahead(int max)
{
    public int Count { get; private set; }

    public void WereUsed() => Count = Math.Min(Count * 2 + 1, max);

    public void WereTooOld(int unused)
    {
        if (unused * 2 > Count) Count /= 2;
    }
}
