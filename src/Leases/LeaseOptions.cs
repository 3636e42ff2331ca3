namespace IdGenerator.Leases;

/// <summary>How much time is reserved in the lease store, and how often. Configuration section <c>Lease</c>.</summary>
public sealed record LeaseOptions
{
    /// <summary>
    /// Seconds of timestamps reserved ahead by each renewal, 3 to 3,600. More rides out longer outages of the store; after a
    /// crash another host waits for up to as long before it issues under the same worker ID.
    /// </summary>
    public int ReserveSeconds { get; init; } = 60;

    /// <summary>Seconds between renewals, 1 to a third of <see cref="ReserveSeconds"/>. Fewer mean more writes to the store.</summary>
    public int RenewSeconds { get; init; } = 15;

    /// <summary>Seconds between looks at a record that somebody else holds.</summary>
    internal static TimeSpan WatchPeriod { get; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the store has to deny each attempt before this process believes that it has no right to ask any more: a minute. An
    /// API server that has just started, or whose keys are being replaced, denies for some seconds; a shorter time would end
    /// processes for that. With a longer one, a process whose pod was deleted by force lives on for longer beside its successor.
    /// </summary>
    internal static TimeSpan LongestDenial { get; } = TimeSpan.FromMinutes(1);

    /// <summary>What a stop leaves a write that takes a worker ID, to learn whether it has: 5 seconds.</summary>
    internal static TimeSpan LastWrite { get; } = TimeSpan.FromSeconds(5);

    internal TimeSpan Renew => TimeSpan.FromSeconds(RenewSeconds);

    internal long ReserveMilliseconds => ReserveSeconds * 1_000L;

    /// <summary>
    /// How long a forward step of the wall clock that is too large to be followed at once has to stay: 20 seconds, so that a glitch is
    /// not believed. With two renewal periods around it that is at most a reservation of 60 s: by default a step that stays is
    /// followed before issuing ends. With a shorter reservation issuing ends first, and goes on when the step is followed.
    /// </summary>
    internal static long StepPatienceMilliseconds => 20_000;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    public IEnumerable<string> Faults()
    {
        if (ReserveSeconds is < 3 or > 3_600)
            yield return $"Lease:ReserveSeconds is {ReserveSeconds}; allowed are 3 to 3600.";
        if (RenewSeconds < 1 || RenewSeconds * 3L > ReserveSeconds)
            yield return $"Lease:RenewSeconds is {RenewSeconds}; allowed are 1 to a third of Lease:ReserveSeconds ({ReserveSeconds}).";
    }
}
