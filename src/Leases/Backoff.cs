namespace IdGenerator.Leases;

/// <summary>
/// Growing delays between attempts, half of each random, so that many processes that lost the same store do not return to
/// it in step. A second at first, four at most, so that a store that is back is found soon, and never less than what it asked
/// for.
/// </summary>
/// <param name="mostAsked">
/// A store that asks for more than this gets this: one that says "in an hour", or a proxy before it, must not end issuing.
/// </param>
internal sealed class Backoff(TimeSpan mostAsked)
{
    private const double Longest = 4;

    private double _seconds = 1;

    public void Reset() => _seconds = 1;

    public TimeSpan Next(TimeSpan? atLeast)
    {
        var upper = Math.Min(_seconds, Longest);
        _seconds = upper * 2;
        var delay = TimeSpan.FromSeconds(upper / 2 + Random.Shared.NextDouble() * upper / 2);
        var asked = atLeast > mostAsked ? mostAsked : atLeast;
        return asked > delay ? asked.Value : delay;
    }
}
