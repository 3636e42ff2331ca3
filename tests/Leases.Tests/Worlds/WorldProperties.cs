using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Testing;
using Xunit.Abstractions;

namespace IdGenerator.Leases.Tests.Worlds;

public sealed class WorldProperties(ITestOutputHelper output)
{
    private static readonly Gen<long> Amount =
        Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(0, 5_000), Gen.Choose(0, 70_000)).Select(amount => (long)amount);

    private static readonly Gen<long> Step =
        Gen.OneOf(Gen.Choose(-30_000, 40_000), Gen.Choose(-7_200_000, 7_200_000)).Select(amount => (long)amount);

    private static readonly Gen<Fault[]> OneFault =
        from kind in Gen.Frequency(
            (12, Gen.Constant(FaultKind.Issue)),
            (8, Gen.Constant(FaultKind.Pass)),
            (1, Gen.Constant(FaultKind.StartPod)),
            (1, Gen.Constant(FaultKind.StartProcess)),
            (2, Gen.Constant(FaultKind.Restart)),
            (1, Gen.Constant(FaultKind.Crash)),
            (4, Gen.Constant(FaultKind.CrashAndRestart)),
            (2, Gen.Constant(FaultKind.Pause)),
            (2, Gen.Constant(FaultKind.Resume)),
            (1, Gen.Constant(FaultKind.Stop)),
            (3, Gen.Constant(FaultKind.StepWall)),
            (1, Gen.Constant(FaultKind.Suspend)),
            (1, Gen.Constant(FaultKind.Reboot)),
            (1, Gen.Constant(FaultKind.RemoveLock)),
            (1, Gen.Constant(FaultKind.StoreDown)),
            (1, Gen.Constant(FaultKind.LoseAnswers)),
            (1, Gen.Constant(FaultKind.StoreSlow)),
            (2, Gen.Constant(FaultKind.LandLate)))
        from choice in Gen.Choose(0, 100)
        from amount in kind == FaultKind.StepWall ? Step : Amount
        select new[] { new Fault(kind, choice, amount) };

    private static readonly Gen<(Fault[][] Faults, long MaxLead, int Skew)> Lives =
        from faults in Gen.Frequency((12, OneFault), (1, Stories.Any)).ListOf()
        from maxLead in Gen.Elements(0L, 1_000L, 60_000L)
        from skew in Gen.Elements(0, 0, -3_000, 30_000, -7_200)
        select (faults.ToArray(), maxLead, skew);

    [Fact]
    public void The_invariants_hold_after_every_step_whatever_crashes_pauses_clocks_reboots_locks_and_the_store_do()
    {
        var worlds = Cases.Of(1_000).WithEndSize(150);
        var issued = 0L;
        var starts = 0L;
        Check.One(
            worlds,
            Prop.ForAll(Lives.ToArbitrary(), life =>
            {
                var world = new World(life.MaxLead, TimeSpan.FromMilliseconds(100L * life.Skew));
                world.Do(new(FaultKind.StartPod, 1));
                foreach (var fault in life.Faults.SelectMany(faults => faults)) world.Do(fault);
                world.Heal();
                issued += world.Issued;
                starts += world.Starts;
            }));

        output.WriteLine($"{issued} slots by {starts} processes");
        Assert.True(issued > 100L * worlds.MaxTest && starts > 2L * worlds.MaxTest, "the worlds do something");
    }
}
