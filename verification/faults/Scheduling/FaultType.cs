namespace IdGenerator.Faults;

/// <summary>What there is to know of a kind of fault before it happens.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">What the report calls it.</param>
/// <param name="Victim">What it is done to.</param>
/// <param name="Shortest">The least seconds that it lasts.</param>
/// <param name="Longest">The most.</param>
/// <param name="Recovery">Seconds after which the worker can be expected to issue again; for planning only.</param>
/// <param name="Least">The least <see cref="Fault.Amount"/>.</param>
/// <param name="Most">The greatest.</param>
/// <param name="NeedsApiServer">No fault of the API server may run beside it.</param>
internal sealed record FaultType(
    FaultKind Kind,
    string Name,
    Victim Victim,
    double Shortest,
    double Longest,
    double Recovery,
    double Least = 0,
    double Most = 0,
    bool NeedsApiServer = false)
{
    /// <summary>With a reservation of <see cref="Settings.ReserveSeconds"/> in mind: below it, about it, well past it.</summary>
    public static IReadOnlyList<FaultType> All { get; } =
    [
        new(FaultKind.Crash, "crash (SIGKILL)", Victim.AnyWorker, 0, 0, 3),
        new(FaultKind.PodKilled, "pod killed", Victim.AnyWorker, 0, 0, 9),
        new(FaultKind.CleanStop, "clean stop (SIGTERM)", Victim.AnyWorker, 0, 0, 3),
        new(FaultKind.Pause, "pause (SIGSTOP)", Victim.AnyWorker, 0.05, 12, 1),
        new(FaultKind.ClockBack, "clock back", Victim.AnyWorker, 4.5, 6, 1, -10, -0.2),
        new(FaultKind.ClockForward, "clock forward", Victim.AnyWorker, 4.5, 6, 3, 0.2, 4),
        new(FaultKind.ClockLeap, "clock leap", Victim.AnyWorker, 4.5, 6, 1, 70, 600),
        new(FaultKind.ClockRestart, "restart on another clock", Victim.AnyWorker, 3, 6, 3, -8, 3),
        new(FaultKind.FarBackCrash, "far back, then crash", Victim.AnyWorker, 5, 9, 3, -25, -4),
        new(FaultKind.FarGlitch, "far glitch put right", Victim.AnyWorker, 5, 9, 3, -300, -70),
        new(FaultKind.LinkDown, "link down", Victim.AnyWorker, 0.5, 9, 2),
        new(FaultKind.ApiCutOff, "cut off from API", Victim.KubernetesWorker, 2.5, 9, 2),
        // Both are outside of what the service promises, unless a holder is there to write the record again.
        new(FaultKind.LeaseDeleted, "lease deleted", Victim.KubernetesWorker, 0, 0, 3, NeedsApiServer: true),
        new(FaultKind.LeaseRestored, "lease restored", Victim.KubernetesWorker, 2.5, 5, 3, NeedsApiServer: true),
        new(FaultKind.Twin, "twin", Victim.AnyWorker, 0, 0, 5, -4, 3),
        new(FaultKind.TwinOfPaused, "twin of a paused pod", Victim.KubernetesWorker, 1, 2.5, 10, -4, 3),
        new(FaultKind.TwinOfCutOff, "twin of a cut-off pod", Victim.KubernetesWorker, 1.5, 3, 10, -4, 3),
        new(FaultKind.TwinOfUnlinked, "twin of an unlinked pod", Victim.KubernetesWorker, 1, 2.5, 10, -4, 3),
        new(FaultKind.MemoryLimit, "memory limit", Victim.AnyWorker, 2, 5, 3),
        new(FaultKind.LockFileRemoved, "lock file removed", Victim.FileWorker, 0, 0, 5, -0.3, 0.3),
        new(FaultKind.DiskFull, "disk full", Victim.FileWorker, 3, 9, 2),
        new(FaultKind.TornFile, "torn file", Victim.FileWorker, 0, 0, 4, 0, 1),
        new(FaultKind.ApiKilled, "API server killed", Victim.ApiServer, 0.5, 6, 5),
        new(FaultKind.ApiSlow, "API slow", Victim.ApiServer, 3, 7, 1, 0.2, 8),
        new(FaultKind.ApiErrors, "API 5xx", Victim.ApiServer, 3, 7, 1, 0.4, 1),
        new(FaultKind.ApiConflicts, "API 409", Victim.ApiServer, 3, 7, 1, 0.4, 0.9),
        new(FaultKind.ApiCuts, "API connections cut", Victim.ApiServer, 3, 7, 1, 0.4, 1),
    ];

    public static FaultType Of(FaultKind kind) => All.Single(type => type.Kind == kind);
}
