namespace IdGenerator.Snowflake;

/// <summary>How far logical time may stray from the wall clock, and which wall clocks are believed. All in milliseconds.</summary>
public sealed record ClockLimits
{
    /// <summary>
    /// How far logical time may lead the wall clock: a minute and a second. So a wall clock that is set back by up to a minute
    /// stops nobody, and nor does a start that begins where a reservation of a minute ends. The price are timestamps that far
    /// in the future, for as long as slewing takes, 16 times the lead.
    /// </summary>
    public long MaxLead { get; init; } = 61_000;

    /// <summary>
    /// The largest forward step of the wall clock that is followed at once. More follows larger corrections; but a step that
    /// was a mistake, once followed, stops issuing for as long when it is taken back.
    /// </summary>
    public long MaxForwardStep { get; init; } = 60_000;

    /// <summary>
    /// The largest forward step that is followed once it has stayed: a week. If such a step was a mistake after all, the
    /// worker ID rests for at most a week when it is taken back. A larger step ends issuing until somebody decides.
    /// </summary>
    public long MaxStayedStep { get; init; } = 7 * 24 * 3_600_000L;

    /// <summary>
    /// A wall clock that shows less cannot be right, because this release was made later: 2026-11-01, in milliseconds since
    /// <see cref="Layout.Epoch"/>. Each release may move the date on, by hand, and never back.
    /// </summary>
    public long Earliest { get; init; } =
        new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds() - Layout.EpochUnixMilliseconds;
}
