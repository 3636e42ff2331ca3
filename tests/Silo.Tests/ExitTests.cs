using System.Collections.Concurrent;
using IdGenerator.Membership;
using IdGenerator.Memberships;
using IdGenerator.Testing;
using static IdGenerator.Memberships.TableSteps;

namespace IdGenerator.Silo.Tests;

/// <summary>One silo leaves at a time, as long as that takes no longer than a moment: one that loses a write lets Orleans wait for seconds.</summary>
public sealed class ExitTests : FakeApiServerTest
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Of_silos_that_are_told_to_stop_at_once_none_loses_a_write_of_Orleans_to_another()
    {
        var silos = new List<LeasedSilo>();
        for (var worker = 0; worker < 3; worker++) silos.Add(await LeasedSilo.JoinAsync(Client, worker));

        var versions = await Task.WhenAll(silos.Select(async silo =>
        {
            await silo.Table.BeginToLeaveAsync();
            silo.Entry.Status = SiloStatus.ShuttingDown;
            var leaving = await silo.Table.TryJoinAsync(silo.Entry);
            silo.Entry.Status = SiloStatus.Dead;
            return (leaving, dead: await silo.Table.TryJoinAsync(silo.Entry));
        }));

        Assert.All(versions, version => Assert.True(version is { leaving: not null, dead: not null }, $"{version}"));
    }

    [Fact]
    public async Task A_silo_says_that_it_leaves_in_the_table_and_in_its_lease()
    {
        var silo = await JoinAsync(0);

        await silo.Table.BeginToLeaveAsync();

        Assert.Equal(["worker-0: ShuttingDown"], Members(await silo.Table.ReadAllAsync()));
        Assert.Equal("ShuttingDown", silo.Leases.Announced?.Status);
    }

    [Theory]
    [InlineData(SiloStatus.ShuttingDown)]
    [InlineData(SiloStatus.Stopping)]
    public async Task A_silo_waits_for_two_seconds_until_another_one_has_left_and_then_leaves_it_to_Orleans(SiloStatus leaving)
    {
        var first = await JoinAsync(0);
        var second = await JoinAsync(1);
        await first.BecomeAsync(leaving);

        Assert.InRange(await _time.MillisecondsUntilAsync(second.Table.BeginToLeaveAsync(), timers: 2), 2_000, 2_010);

        Assert.Equal([$"worker-0: {leaving}", "worker-1: Active"], Members(await first.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_that_waits_goes_on_when_the_other_one_has_left()
    {
        var first = await JoinAsync(0);
        var second = await JoinAsync(1);
        await first.Table.BeginToLeaveAsync();
        var leaving = second.Table.BeginToLeaveAsync();
        await _time.UntilTimersAsync(2);
        await first.BecomeAsync(SiloStatus.Dead);

        Assert.InRange(await _time.MillisecondsUntilAsync(leaving, timers: 2), 0, 100);

        Assert.Equal(["worker-0: Dead", "worker-1: ShuttingDown"], Members(await first.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task In_a_crowd_nobody_waits()
    {
        var third = await JoinAsync(2);
        for (var worker = 0; worker < 2; worker++) await (await JoinAsync(worker)).BecomeAsync(SiloStatus.ShuttingDown);

        await third.Table.BeginToLeaveAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(
            ["worker-0: ShuttingDown", "worker-1: ShuttingDown", "worker-2: Active"], Members(await third.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task Of_more_silos_than_could_leave_in_turn_none_waits()
    {
        var leaving = await JoinAsync(0);
        for (var worker = 1; worker < 18; worker++) await JoinAsync(worker);
        await leaving.BecomeAsync(SiloStatus.ShuttingDown);
        var next = await JoinAsync(18);

        await next.Table.BeginToLeaveAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Contains("worker-18: Active", Members(await next.Table.ReadAllAsync()));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(-10_000)]
    public async Task Nobody_waits_for_a_silo_that_began_to_leave_long_ago_or_whose_clock_is_far_off(int milliseconds)
    {
        var first = await JoinAsync(0);
        await first.Table.BeginToLeaveAsync();
        var second = await LeasedSilo.JoinAsync(Client, 1, time: new FakeTimeProvider(_time.GetUtcNow().AddMilliseconds(milliseconds)));

        await second.Table.BeginToLeaveAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["worker-0: ShuttingDown", "worker-1: ShuttingDown"], Members(await first.Table.ReadAllAsync()));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    public async Task Where_the_store_refuses_it_is_left_to_Orleans(int status)
    {
        var silo = await JoinAsync(0);
        Server.Refusal = (KubernetesTables.Object, status, AlsoReads: true);

        await silo.Table.BeginToLeaveAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Server.Refusal = null;
        Assert.Equal(["worker-0: Active"], Members(await silo.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_waited_for_no_longer_than_that()
    {
        var silo = await JoinAsync(0);
        var never = new TaskCompletionSource();
        Server.AfterQuorumRead = _ => never.Task;

        Assert.InRange(await _time.MillisecondsUntilAsync(silo.Table.BeginToLeaveAsync()), 2_000, 2_010);

        never.SetResult();
    }

    [Fact]
    public async Task A_silo_that_is_told_to_stop_while_it_is_joining_says_in_its_turn_that_it_is_dead()
    {
        var first = await JoinAsync(0);
        var second = await JoiningAsync(1);
        await first.Table.BeginToLeaveAsync();

        var leaving = second.Table.BeginToLeaveAsync(isStarted: false);
        await _time.UntilTimersAsync(2);
        Assert.Equal(["worker-0: ShuttingDown", "worker-1: Joining"], Members(await first.Table.ReadAllAsync()));
        await first.BecomeAsync(SiloStatus.Dead);

        Assert.InRange(await _time.MillisecondsUntilAsync(leaving, timers: 2), 0, 100);
        Assert.Equal(["worker-0: Dead", "worker-1: Dead"], Members(await first.Table.ReadAllAsync()));
        Assert.Equal("Dead", second.Leases.Announced?.Status);
    }

    [Fact]
    public async Task A_silo_whose_start_was_cut_short_just_when_it_became_active_says_the_same()
    {
        var silo = await JoinAsync(0);

        await silo.Table.BeginToLeaveAsync(isStarted: false);

        Assert.Equal(["worker-0: Dead"], Members(await silo.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task Where_several_are_leaving_one_that_is_joining_says_at_once_that_it_is_dead()
    {
        for (var worker = 0; worker < 2; worker++) await (await JoinAsync(worker)).BecomeAsync(SiloStatus.ShuttingDown);
        var third = await JoiningAsync(2);

        await third.Table.BeginToLeaveAsync(isStarted: false).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(
            ["worker-0: ShuttingDown", "worker-1: ShuttingDown", "worker-2: Dead"], Members(await third.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task Of_more_than_a_few_that_are_joining_none_burdens_the_store_with_that()
    {
        var silos = new List<LeasedSilo>();
        for (var worker = 0; worker < 17; worker++) silos.Add(await JoiningAsync(worker));

        await silos[16].Table.BeginToLeaveAsync(isStarted: false).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Contains("worker-16: Joining", Members(await silos[16].Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_that_has_not_begun_to_join_asks_the_store_nothing()
    {
        var silo = await LeasedSilo.TakeAsync(Client, 0, time: _time);
        var asked = new ConcurrentQueue<string>();
        Server.AfterQuorumRead = name =>
        {
            asked.Enqueue(name);
            return Task.CompletedTask;
        };

        await silo.Table.BeginToLeaveAsync(isStarted: false).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(asked);
    }

    [Fact]
    public async Task A_silo_whose_lease_was_taken_writes_nothing()
    {
        var former = await JoinAsync(0);
        await LeasedSilo.TakeAsync(Client, 0, process: 1);

        await former.Table.BeginToLeaveAsync();

        Assert.Equal(["worker-0: Active"], Members(await former.Table.ReadAllAsync()));
    }

    private async Task<LeasedSilo> JoiningAsync(int worker)
    {
        var silo = await LeasedSilo.TakeAsync(Client, worker, time: _time);
        await silo.Table.JoinAsync(silo.Entry);
        return silo;
    }

    private Task<LeasedSilo> JoinAsync(int worker) => LeasedSilo.JoinAsync(Client, worker, time: _time);
}
