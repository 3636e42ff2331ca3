namespace IdGenerator.Snowflake;

/// <summary>
/// Watches a wall clock that was stepped ahead further than is followed at once: has the step stayed, or does the wall clock
/// go on jumping? For one caller.
/// </summary>
internal sealed class StayingStep
{
    /// <summary>Milliseconds by which a wall clock that keeps pace may still drift from the monotonic clock meanwhile.</summary>
    private const long Tolerance = 1_000;

    private (long Offset, long Since)? _seen;

    /// <summary>The wall clock is where it is expected: what was seen of an earlier step counts no more.</summary>
    public void Forget() => _seen = null;

    /// <summary>
    /// For how many milliseconds the wall clock has kept pace with the monotonic clock since the step was first seen; 0 where
    /// it was stepped again since.
    /// </summary>
    public long StayedFor(long monotonic, long wall)
    {
        var offset = wall - monotonic;
        if (_seen is not { } seen || Math.Abs(offset - seen.Offset) > Tolerance) _seen = seen = (offset, monotonic);
        return monotonic - seen.Since;
    }
}
