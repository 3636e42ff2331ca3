using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace IdGenerator.Leases.Tests;

public sealed class WorldProperties(ITestOutputHelper output)
{
    private static readonly Gen<(World.Fault Fault, int Choice, int Amount)> Faults =
        from fault in Gen.Frequency(
            (12, Gen.Constant(World.Fault.Issue)),
            (8, Gen.Constant(World.Fault.Pass)),
            (1, Gen.Constant(World.Fault.StartNewPod)),
            (2, Gen.Constant(World.Fault.RestartPod)),
            (1, Gen.Constant(World.Fault.Crash)),
            (4, Gen.Constant(World.Fault.CrashAndRestart)),
            (2, Gen.Constant(World.Fault.Pause)),
            (2, Gen.Constant(World.Fault.Resume)),
            (1, Gen.Constant(World.Fault.Stop)),
            (3, Gen.Constant(World.Fault.StepWall)),
            (1, Gen.Constant(World.Fault.Reboot)),
            (1, Gen.Constant(World.Fault.StoreDown)),
            (1, Gen.Constant(World.Fault.LoseAnswers)))
        from choice in Gen.Choose(0, 100)
        from amount in Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(0, 5_000), Gen.Choose(0, 70_000))
        select (fault, choice, amount);

    [Fact]
    public void No_slot_is_issued_twice_whatever_crashes_pauses_clocks_reboots_and_the_store_do()
    {
        var issued = 0L;
        var starts = 0L;
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(150),
            Prop.ForAll(Faults.ListOf().ToArbitrary(), faults =>
            {
                var world = new World();
                world.Do(World.Fault.StartNewPod, 0, 0);
                foreach (var (fault, choice, amount) in faults) world.Do(fault, choice, amount);
                issued += world.Issued;
                starts += world.Starts;
            }));

        output.WriteLine($"{issued} slots by {starts} processes");
        Assert.True(issued > 100_000 && starts > 2_000, "the worlds do something");
    }
}
