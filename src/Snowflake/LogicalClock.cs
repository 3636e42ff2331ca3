namespace IdGenerator.Snowflake;

/// <summary>
/// Time for IDs. It follows the wall clock as long as the wall clock keeps pace with the monotonic clock, and the
/// monotonic clock where it does not.
/// <list type="bullet">
/// <item>The wall clock steps back: logical time runs on, a little slower, until the wall has caught up; it never leads
/// the wall by more than <see cref="ClockLimits.MaxLead"/>, and stands still rather than do so.</item>
/// <item>The wall clock steps forward: logical time stays on its line until the next anchor is adopted. The holder of a
/// worker lease records an anchor before it adopts it, so that a successor on the same boot knows how far it can have
/// got. A step beyond <see cref="ClockLimits.MaxForwardStep"/> is not followed at all.</item>
/// </list>
/// Promised: under one anchor, a reading never exceeds <see cref="ClockAnchor.CeilingAt"/>. Not promised: that readings
/// never fall (by up to twice <see cref="ClockAnchor.Slack"/>); <see cref="SlotGenerator"/> sees to that.
/// Thread-safe; reading takes no lock and allocates nothing.
/// </summary>
public sealed class LogicalClock(TimeProvider time, ClockLimits limits)
{
    private static readonly long EpochTicks = Layout.Epoch.Ticks;

    private ClockAnchor _anchor = new(0, 0);
    private long? _offset;
    private long _steps;

    /// <summary>The anchor in use.</summary>
    public ClockAnchor Anchor => Volatile.Read(ref _anchor);

    public ClockLimits Limits => limits;

    /// <summary>The monotonic clock in milliseconds: on Linux <c>CLOCK_MONOTONIC</c>, the same for all processes of a boot.</summary>
    public long Monotonic => time.GetElapsedTime(0, time.GetTimestamp()).Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>The wall clock, in milliseconds since <see cref="Layout.Epoch"/>; rounded towards the past.</summary>
    public long Wall => FloorToMilliseconds(time.GetUtcNow().Ticks - EpochTicks);

    /// <summary>How far the wall clock is ahead of what would be followed, in milliseconds; 0 where it is not.</summary>
    public long RefusedStep => Math.Max(0, Wall - Anchor.At(Monotonic) - limits.MaxForwardStep);

    /// <summary>Steps of the wall clock that <see cref="TakeStep"/> has come upon.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>
    /// How far the wall clock was stepped since the last call, in milliseconds; 0 where it has kept pace with the monotonic
    /// clock to within <see cref="ClockAnchor.Slack"/>. For one caller, every few seconds.
    /// </summary>
    public long TakeStep()
    {
        long before, wall;
        do (before, wall) = (Monotonic, Wall);
        while (Monotonic - before > 1); // Paused between the two: that is no step.

        var step = wall - before - (_offset ?? wall - before);
        _offset = wall - before;
        if (Math.Abs(step) <= ClockAnchor.Slack) return 0;
        Interlocked.Increment(ref _steps);
        return step;
    }

    public ClockReading Read()
    {
        var line = Anchor.At(Monotonic);
        var wall = Wall;
        var logical = Math.Clamp(wall, line - ClockAnchor.Slack, line + ClockAnchor.Slack);
        return new(Math.Min(logical, wall + limits.MaxLead), wall);
    }

    /// <summary>
    /// The anchor to adopt next: the wall clock, where it may be followed, but never below logical time or
    /// <paramref name="floor"/> (milliseconds since the epoch).
    /// </summary>
    public ClockAnchor Propose(long floor)
    {
        var monotonic = Monotonic;
        var wall = Wall;
        var line = Anchor.At(monotonic);
        var followed = wall - line > limits.MaxForwardStep ? line : wall;
        var logical = Math.Max(floor, Math.Max(followed, Math.Min(line - ClockAnchor.Slack, wall + limits.MaxLead)));
        return new(monotonic, logical, Slewing: logical > wall + ClockAnchor.Slack);
    }

    /// <summary>The first anchor of a clock, which has no line to stay on: the wall clock or <paramref name="floor"/>.</summary>
    public ClockAnchor Start(long floor)
    {
        TakeStep();
        var wall = Wall;
        var logical = Math.Max(floor, wall);
        return new(Monotonic, logical, Slewing: logical > wall + ClockAnchor.Slack);
    }

    public void Adopt(ClockAnchor anchor) => Volatile.Write(ref _anchor, anchor);

    private static long FloorToMilliseconds(long ticks) =>
        ticks >= 0 ? ticks / TimeSpan.TicksPerMillisecond : (ticks + 1) / TimeSpan.TicksPerMillisecond - 1;
}
