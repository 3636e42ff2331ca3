namespace IdGenerator.Leases;

/// <summary>
/// Growing delays between attempts, half of each random, so that many processes that lost the same store do not return to
/// it in step. A second at first, <paramref name="longest"/> at most, and never less than what the store asked for.
/// </summary>
internal sealed class Backoff(TimeSpan longest)
{
    private double _seconds = 1;

    public void Reset() => _seconds = 1;

    public TimeSpan Next(TimeSpan? atLeast)
    {
        var upper = Math.Min(_seconds, longest.TotalSeconds);
        _seconds = upper * 2;
        var delay = TimeSpan.FromSeconds(upper / 2 + Random.Shared.NextDouble() * upper / 2);
        return atLeast > delay ? atLeast.Value : delay;
    }
}
