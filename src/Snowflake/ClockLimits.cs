namespace IdGenerator.Snowflake;

/// <summary>How far logical time may stray from the wall clock. All in milliseconds.</summary>
public sealed record ClockLimits
{
    /// <summary>
    /// How far logical time may lead the wall clock. More rides out larger backward steps without a pause, at the
    /// price of timestamps that far in the future.
    /// </summary>
    public long MaxLead { get; init; } = 1_000;

    /// <summary>
    /// The largest forward step of the wall clock that is followed. More follows larger corrections; but a step that
    /// was a mistake, once followed, stops issuing for as long when it is taken back.
    /// </summary>
    public long MaxForwardStep { get; init; } = 60_000;
}
