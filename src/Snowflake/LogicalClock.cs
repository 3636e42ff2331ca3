namespace IdGenerator.Snowflake;

/// <summary>
/// Time for IDs. It follows the wall clock as long as the wall clock keeps pace with the monotonic clock, and the
/// monotonic clock where it does not.
/// <list type="bullet">
/// <item>The wall clock steps back: logical time runs on, a little slower, until the wall has caught up; it never leads
/// the wall by more than <see cref="ClockLimits.MaxLead"/>, and stands still rather than do so.</item>
/// <item>The wall clock steps forward: logical time stays on its line until the next anchor is adopted. The holder of a
/// worker lease records an anchor before it adopts it, so that a successor on the same boot knows how far it can have
/// got. A step beyond <see cref="ClockLimits.MaxForwardStep"/> is followed only where a suspend of the host explains it, or once it
/// has stayed.</item>
/// </list>
/// Promised: under one anchor, a reading never exceeds <see cref="ClockAnchor.CeilingAt"/>. Not promised: that readings
/// never fall (by up to twice <see cref="ClockAnchor.Slack"/> under one anchor); <see cref="SlotGenerator"/> sees to that.
/// Reading is thread-safe, takes no lock and allocates nothing; all else is for one caller, the holder of the lease.
/// </summary>
/// <param name="time">Both clocks.</param>
/// <param name="limits">How far they are trusted.</param>
/// <param name="suspended">For how many milliseconds the host has been suspended since its boot; without it, never.</param>
public sealed class LogicalClock(TimeProvider time, ClockLimits limits, Func<long>? suspended = null)
{
    private static readonly long EpochTicks = Layout.Epoch.Ticks;

    private readonly StayingStep _ahead = new();
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

    /// <summary>The wall clock may be right: it is not before <see cref="ClockLimits.Earliest"/>.</summary>
    public bool IsPlausible => Wall >= limits.Earliest;

    /// <summary>
    /// By how much the wall clock is ahead of what is followed at once, in milliseconds; 0 where it is not ahead of that.
    /// </summary>
    public long RefusedStep => Math.Max(0, Wall - Anchor.At(Monotonic) - limits.MaxForwardStep);

    /// <summary>Steps of the wall clock that <see cref="TakeStep"/> has come upon.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>
    /// How far the wall clock was stepped since the last call, in milliseconds; 0 where it has kept pace with the monotonic
    /// clock to within <see cref="ClockAnchor.Slack"/>. For one caller, every few seconds.
    /// </summary>
    public long TakeStep()
    {
        var (monotonic, wall) = ReadBoth();
        var step = wall - monotonic - (_offset ?? wall - monotonic);
        _offset = wall - monotonic;
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
    /// The anchor to adopt next: the wall clock, where it is followed, else the line in use, but no further ahead of the wall than
    /// is allowed. After a step back it may lie below what was issued; <see cref="SlotGenerator.Adopt"/> sees to that.
    /// </summary>
    /// <param name="patience">For how many milliseconds a large forward step has to stay before it is followed.</param>
    public ClockProposal Propose(long patience)
    {
        var (monotonic, wall) = ReadBoth();
        var slept = suspended?.Invoke() ?? 0;
        var line = Anchor.At(monotonic);
        var follows = Follows(wall - line, slept - Anchor.Suspended, monotonic, wall, patience);
        var logical = Math.Max(follows ? wall : line, Math.Min(line, wall + limits.MaxLead));
        var anchor = new ClockAnchor(monotonic, logical, Slewing: logical > wall + ClockAnchor.Slack, slept);
        return new(anchor, follows ? 0 : wall - line);
    }

    /// <summary>The first anchor of a clock, which has no line to stay on: the wall clock or <paramref name="floor"/>.</summary>
    public ClockAnchor Start(long floor)
    {
        TakeStep();
        var (monotonic, wall) = ReadBoth();
        var logical = Math.Max(floor, wall);
        return new(monotonic, logical, Slewing: logical > wall + ClockAnchor.Slack, suspended?.Invoke() ?? 0);
    }

    /// <summary>Uses <paramref name="anchor"/> from now on; see <see cref="SlotGenerator.Adopt"/>.</summary>
    internal void Adopt(ClockAnchor anchor) => Volatile.Write(ref _anchor, anchor);

    private bool Follows(long ahead, long slept, long monotonic, long wall, long patience)
    {
        if (ahead - slept <= limits.MaxForwardStep)
        {
            _ahead.Forget();
            return true;
        }

        return _ahead.StayedFor(monotonic, wall) >= patience && ahead <= limits.MaxStayedStep;
    }

    /// <summary>Both clocks at one moment: a pause between the two readings would look like a step of the wall clock.</summary>
    private (long Monotonic, long Wall) ReadBoth()
    {
        while (true)
        {
            var (monotonic, wall) = (Monotonic, Wall);
            if (Monotonic - monotonic <= 1) return (monotonic, wall);
        }
    }

    private static long FloorToMilliseconds(long ticks) =>
        ticks >= 0 ? ticks / TimeSpan.TicksPerMillisecond : (ticks + 1) / TimeSpan.TicksPerMillisecond - 1;
}
