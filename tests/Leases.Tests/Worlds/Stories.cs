using FsCheck;
using FsCheck.Fluent;

namespace IdGenerator.Leases.Tests.Worlds;

/// <summary>
/// Sequences of faults that chance alone rarely strings together. Each is a way in which Snowflake services have repeated IDs or
/// hung; the numbers in them are drawn.
/// </summary>
internal static class Stories
{
    private const int Renewal = 15_000;

    private static readonly Gen<int> Choice = Gen.Choose(0, 100);
    private static readonly Gen<long> Small = Gen.Choose(0, 5_000).Select(amount => (long)amount);
    private static readonly Gen<long> Step = Gen.OneOf(Gen.Choose(1_500, 100_000), Gen.Choose(100_000, 7_200_000)).Select(amount => (long)amount);

    /// <summary>Any one of them.</summary>
    public static Gen<Fault[]> Any { get; } =
        from choice in Choice
        from step in Step
        from pass in Small
        from renewals in Gen.Choose(0, 4)
        from story in Gen.Elements(
            StepBackAndCrash, GlitchPutRight, HostThatBootsBehind, TakeOverBySlowHost, LockRemoved, StepAhead, Suspended, LateWrites)
        select story(choice, step, pass, renewals).ToArray();

    /// <summary>The wall clock is set back further than IDs may lead it, renewals pass, the process crashes and starts again.</summary>
    private static IEnumerable<Fault> StepBackAndCrash(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.Issue, choice, 3_000), new(FaultKind.Pass, 0, pass), new(FaultKind.Issue, choice, 3_000),
        new(FaultKind.StepWall, choice, -step), .. Renewals(renewals, choice),
        new(FaultKind.CrashAndRestart, choice), .. IssueSlowly(choice, pass),
    ];

    private static IEnumerable<Fault> GlitchPutRight(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.Issue, choice, 3_000), new(FaultKind.StepWall, choice, -step), .. Renewals(renewals, choice),
        new(FaultKind.Pass, 0, pass), new(FaultKind.StepWall, choice, step), .. IssueSlowly(choice, pass),
    ];

    private static IEnumerable<Fault> HostThatBootsBehind(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.Issue, choice, 3_000), new(FaultKind.Reboot, choice, pass), new(FaultKind.StepWall, choice, -step),
        new(FaultKind.Restart, choice), .. Renewals(renewals, choice),
        new(FaultKind.CrashAndRestart, choice), .. IssueSlowly(choice, pass),
    ];

    private static IEnumerable<Fault> TakeOverBySlowHost(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.StepWall, 5, -step), new(FaultKind.Issue, choice, 3_000), new(FaultKind.Crash, choice),
        new(FaultKind.StartPod, 5), new(FaultKind.Pass, 0, 62_000 + pass), .. Renewals(renewals, choice),
        new(FaultKind.CrashAndRestart, choice), .. IssueSlowly(choice, pass), new(FaultKind.StepWall, 5, step),
    ];

    private static IEnumerable<Fault> LockRemoved(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.Stop, choice), new(FaultKind.Stop, choice), new(FaultKind.StartProcess, choice),
        new(FaultKind.Pass, 0, 62_000), new(FaultKind.Issue, choice, 3_000), new(FaultKind.RemoveLock, choice),
        new(FaultKind.StartProcess, choice), new(FaultKind.Issue, choice + 1, 3_000), .. Renewals(renewals, choice),
        new(FaultKind.Pass, 0, step), .. IssueSlowly(choice + 1, pass),
    ];

    private static IEnumerable<Fault> StepAhead(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.StepWall, choice, 100 * step), .. Renewals(renewals, choice), .. IssueSlowly(choice, pass),
        new(FaultKind.CrashAndRestart, choice), .. Renewals(1, choice), new(FaultKind.StepWall, choice, -100 * step),
    ];

    private static IEnumerable<Fault> Suspended(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.Issue, choice, 3_000), new(FaultKind.Suspend, choice, 10 * step), .. Renewals(renewals, choice),
        new(FaultKind.CrashAndRestart, choice), .. IssueSlowly(choice, pass),
    ];

    private static IEnumerable<Fault> LateWrites(int choice, long step, long pass, int renewals) =>
    [
        new(FaultKind.StoreSlow), .. Renewals(renewals, choice), new(FaultKind.StepWall, choice, -step), new(FaultKind.Pass, 0, pass),
        new(FaultKind.StoreSlow), new(FaultKind.LandLate, choice), .. Renewals(1, choice), new(FaultKind.LandLate, choice + 1),
        new(FaultKind.CrashAndRestart, choice), new(FaultKind.LandLate, choice), .. IssueSlowly(choice, pass),
    ];

    private static IEnumerable<Fault> Renewals(int count, int choice) => Enumerable.Range(0, count).SelectMany(
        _ => (Fault[])[new(FaultKind.Pass, 0, Renewal), new(FaultKind.Issue, choice, 100)]);

    private static IEnumerable<Fault> IssueSlowly(int choice, long pass) => Enumerable.Range(0, 4).SelectMany(
        _ => (Fault[])[new(FaultKind.Pass, 0, pass), new(FaultKind.Issue, choice, 3_000)]);
}
