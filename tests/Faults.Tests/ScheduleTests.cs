namespace IdGenerator.Faults.Tests;

public sealed class ScheduleTests
{
    private static readonly Victim[] Workers =
        [Victim.KubernetesWorker, Victim.KubernetesWorker, Victim.KubernetesWorker, Victim.KubernetesWorker, Victim.FileWorker];

    [Fact]
    public void The_same_seed_gives_the_same_faults_and_another_seed_others()
    {
        Assert.Equal(Schedule.Make(7, 600, Workers, []), Schedule.Make(7, 600, Workers, []));
        Assert.NotEqual(Schedule.Make(7, 600, Workers, []), Schedule.Make(8, 600, Workers, []));
    }

    /// <summary>A seed that is written down must mean the same tomorrow: change this with the schedule, knowingly.</summary>
    [Fact]
    public void A_seed_means_what_it_meant()
    {
        var first = Schedule.Make(7, 600, Workers, []).Take(3).Select(fault => $"{fault.At:0.000} {fault.Kind} {fault.Worker}");

        Assert.Equal(["0.415 TwinOfCutOff 3", "1.106 LockFileRemoved 4", "1.143 ApiCutOff 0"], first);
    }

    [Fact]
    public void A_minute_sees_nearly_every_kind_and_ten_minutes_every_kind_and_more_than_200_faults()
    {
        var minute = Schedule.Make(1, 48, Workers, []);
        var tenMinutes = Schedule.Make(1, 588, Workers, []);

        Assert.InRange(minute.Select(fault => fault.Kind).Distinct().Count(), 20, int.MaxValue);
        Assert.Equal(
            FaultType.All.Select(type => type.Kind).Order(), tenMinutes.Select(fault => fault.Kind).Distinct().Order());
        Assert.InRange(tenMinutes.Count, 200, int.MaxValue);
    }

    [Fact]
    public void A_kind_is_done_only_to_what_it_can_be_done_to()
    {
        foreach (var fault in Schedule.Make(3, 600, Workers, []))
        {
            var victim = fault.Worker == Fault.ApiServer ? Victim.ApiServer : Workers[fault.Worker];
            Assert.True(FaultType.Of(fault.Kind).Victim.HasFlag(victim), $"{fault}");
        }
    }

    [Fact]
    public void Of_one_worker_a_fault_begins_after_the_one_before_has_ended()
    {
        foreach (var lane in Schedule.Make(4, 600, Workers, []).GroupBy(fault => fault.Worker))
            Assert.All(lane.Zip(lane.Skip(1)), pair => Assert.True(pair.Second.At > pair.First.At + pair.First.Seconds));
    }

    [Fact]
    public void Only_the_kinds_that_are_asked_for_come_up()
    {
        var faults = Schedule.Make(5, 100, Workers, [FaultKind.Crash, FaultKind.ApiSlow]);

        Assert.Equal([FaultKind.Crash, FaultKind.ApiSlow], faults.Select(fault => fault.Kind).Distinct().Order());
    }
}
