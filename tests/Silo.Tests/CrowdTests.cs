using IdGenerator.Kubernetes;
using IdGenerator.Leases;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>Hundreds of silos that join at once try the more rarely, the more they are.</summary>
public sealed class CrowdTests : FakeApiServerTest
{
    /// <summary>Waits are random: of so many together the sum is as good as certain.</summary>
    private const int Times = 20;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_write_that_others_came_before_is_answered_after_a_while_and_reads_are_not_held_up()
    {
        await JoiningAsync(10);
        var late = await LeasedSilo.TakeAsync(Client, 40, time: _time);
        var read = await late.Table.ReadAllAsync();
        await JoiningAsync(1, from: 10);

        var waited = 0;
        for (var i = 0; i < Times; i++)
        {
            var inserting = late.Table.InsertRowAsync(late.Entry, read.Version.Next());
            Assert.Equal(11, (await late.Table.ReadAllAsync().WaitAsync(TimeSpan.FromSeconds(10))).Members.Count);
            waited += await _time.MillisecondsUntilAsync(inserting);
            Assert.False(await inserting);
        }

        // Up to 220 ms for eleven rows, an eighth of it after the first loss, a quarter after the second, twice it after sixteen: 2.7 s are to be
        // expected.
        Assert.InRange(waited, 1_000, 5_500);
    }

    [Theory]
    [InlineData(16, 100, 900)]
    [InlineData(17, 1_500, 7_200)]
    public async Task A_first_loss_costs_little_where_there_is_no_crowd(int joining, int atLeast, int atMost)
    {
        await JoiningAsync(joining);
        var late = new List<(LeasedSilo Silo, TableVersion Version)>();
        for (var i = 0; i < Times; i++)
        {
            var silo = await LeasedSilo.TakeAsync(Client, 40 + i, time: _time);
            late.Add((silo, (await silo.Table.ReadAllAsync()).Version));
        }

        // Another row, of a silo that is active: as many as before are joining.
        var active = await LeasedSilo.TakeAsync(Client, 39, time: _time);
        await active.Table.JoinAsync(active.Entry);
        await active.BecomeAsync(SiloStatus.Active);
        var waited = 0;
        foreach (var (silo, version) in late)
        {
            var inserting = silo.Table.InsertRowAsync(silo.Entry, version.Next());
            waited += await _time.MillisecondsUntilAsync(inserting);
            Assert.False(await inserting);
        }

        // Up to 43 ms for seventeen rows, or 360 ms for eighteen: 0.4 and 3.6 s are to be expected.
        Assert.InRange(waited, atLeast, atMost);
    }

    [Theory]
    [InlineData("table", typeof(KubernetesApiException))]
    [InlineData("lease", typeof(LeaseStoreException))]
    public async Task A_write_that_had_no_answer_fails_after_a_while(string of, Type failure)
    {
        await JoiningAsync(10);
        var late = await LeasedSilo.TakeAsync(Client, 40, time: _time);
        var read = await late.Table.ReadAllAsync();
        if (of == "table") Server.Refusal = (KubernetesTables.Object, 500, AlsoReads: false);
        if (of == "lease") Server.BeforeRenewal = () => false;

        var waited = 0;
        for (var i = 0; i < Times; i++)
        {
            var failing = Assert.ThrowsAsync(failure, () => late.Table.InsertRowAsync(late.Entry, read.Version.Next()));
            waited += await _time.MillisecondsUntilAsync(failing);
        }

        Assert.InRange(waited, 1_000, 5_000);
    }

    [Fact]
    public async Task A_silo_that_leaves_is_told_at_once_that_others_came_before_it()
    {
        var silo = await LeasedSilo.JoinAsync(Client, 40, time: _time);
        await JoiningAsync(10);
        var read = await silo.Table.ReadAllAsync();
        await JoiningAsync(1, from: 11);
        silo.Entry.Status = SiloStatus.ShuttingDown;

        var etag = read.TryGet(silo.Entry.SiloAddress)!.Item2;
        var leaving = silo.Table.UpdateRowAsync(silo.Entry, etag, read.Version.Next());

        // It has looked once more.
        Assert.InRange(await _time.MillisecondsUntilAsync(leaving), 0, 10);
        Assert.False(await leaving);
    }

    [Theory]
    [InlineData(16, 0, 0)]
    [InlineData(17, 1_000, 6_800)]
    public async Task A_silo_that_comes_to_a_crowd_waits_before_it_begins(int joining, int atLeast, int atMost)
    {
        await JoiningAsync(joining);
        var waited = 0;
        for (var i = 0; i < Times; i++)
        {
            var late = await LeasedSilo.TakeAsync(Client, 40 + i, time: _time);
            waited += await _time.MillisecondsUntilAsync(late.Table.InitializeMembershipTableAsync(true));
        }

        // Up to 20 ms for each of seventeen rows: 3.4 s are to be expected.
        Assert.InRange(waited, atLeast, atMost);
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_waits_no_longer()
    {
        await JoiningAsync(17);
        var late = await LeasedSilo.TakeAsync(Client, 40, time: _time);
        var starting = late.Table.InitializeMembershipTableAsync(true);
        // One in 340 waits for less than a millisecond, which is not at all.
        await Task.WhenAny(starting, _time.UntilTimersAsync(1));

        await late.Stopping.CancelAsync();

        await starting.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private async Task JoiningAsync(int silos, int from = 0)
    {
        for (var worker = from; worker < from + silos; worker++)
        {
            var silo = await LeasedSilo.TakeAsync(Client, worker, time: _time);
            silo.Entry.StartTime = _time.GetUtcNow().UtcDateTime;
            Assert.NotNull(await silo.Table.TryJoinAsync(silo.Entry));
        }
    }
}
