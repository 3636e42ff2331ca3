namespace IdGenerator.Snowflake;

/// <summary>
/// A straight line from the monotonic clock to logical time. Logical time follows the line to within <see cref="Slack"/> and
/// never outruns it.
/// </summary>
/// <param name="Monotonic">A reading of the monotonic clock, in its milliseconds (on Linux: since boot).</param>
/// <param name="Logical">Logical time at that reading, in milliseconds since <see cref="Layout.Epoch"/>.</param>
/// <param name="Slewing">
/// Logical time leads the wall clock: the line runs at 15/16 of the monotonic clock's speed, until the wall has caught up.
/// </param>
/// <param name="Suspended">For how many milliseconds the host had been suspended since its boot, at that reading.</param>
public sealed record ClockAnchor(long Monotonic, long Logical, bool Slewing = false, long Suspended = 0)
{
    /// <summary>
    /// Milliseconds that logical time may be off the line on either side. Between two renewals (15 s) a wall clock that
    /// is slewed at NTP's full 500 ppm drifts 7.5 ms; so the wall clock is followed exactly, unless it was stepped.
    /// </summary>
    public const long Slack = 10;

    /// <summary>The line at the reading <paramref name="monotonic"/>.</summary>
    public long At(long monotonic)
    {
        var elapsed = monotonic - Monotonic;
        return Logical + (Slewing ? elapsed - elapsed / 16 : elapsed);
    }

    /// <summary>
    /// The highest timestamp that logical time can have reached under this anchor when the monotonic clock shows
    /// <paramref name="monotonic"/>. A successor that starts above it repeats nothing.
    /// </summary>
    public long CeilingAt(long monotonic) => Logical + (monotonic - Monotonic) + Slack;
}
