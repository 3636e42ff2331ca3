using IdGenerator.Membership;
using IdGenerator.Memberships;
using IdGenerator.Testing;
using static IdGenerator.Memberships.TableSteps;

namespace IdGenerator.Silo.Tests;

/// <summary>One silo joins at a time, as long as that takes no longer than a moment: one that loses a write lets Orleans wait for seconds.</summary>
public sealed class EntryTests : FakeApiServerTest
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Of_silos_that_start_at_once_none_loses_a_write_to_another()
    {
        var silos = await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => LeasedSilo.TakeAsync(Client, worker)));

        var versions = await Task.WhenAll(silos.Select(async silo =>
        {
            await silo.Table.InitializeMembershipTableAsync(true);
            silo.Entry.StartTime = DateTime.UtcNow;
            var joining = await silo.Table.TryJoinAsync(silo.Entry);
            silo.Entry.Status = SiloStatus.Active;
            return (joining, active: await silo.Table.TryJoinAsync(silo.Entry));
        }));

        Assert.All(versions, version => Assert.True(version is { joining: not null, active: not null }, $"{version}"));
    }

    [Fact]
    public async Task A_silo_waits_for_two_seconds_until_another_one_has_joined_and_then_goes_on_without_a_row()
    {
        var first = await EnterAsync(0);
        var second = await LeasedSilo.TakeAsync(Client, 1, time: _time);

        var starting = second.Table.InitializeMembershipTableAsync(true);
        Assert.InRange(await _time.MillisecondsUntilAsync(starting), 2_000, 2_400);

        Assert.Equal(["worker-0: Joining"], Members(await first.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_that_waits_enters_when_the_other_one_has_joined()
    {
        var first = await EnterAsync(0);
        var second = await LeasedSilo.TakeAsync(Client, 1, time: _time);
        var starting = second.Table.InitializeMembershipTableAsync(true);
        await _time.UntilTimersAsync(1);
        await first.BecomeAsync(SiloStatus.Active);

        Assert.InRange(await _time.MillisecondsUntilAsync(starting), 0, 100);

        Assert.Equal(["worker-0: Active", "worker-1: Joining"], Members(await first.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_store_that_fails_meanwhile_does_not_let_it_wait_anew()
    {
        await EnterAsync(0);
        var second = await LeasedSilo.TakeAsync(Client, 1, time: _time);
        var starting = second.Table.InitializeMembershipTableAsync(true);
        await _time.UntilTimersAsync(1);
        Server.Refusal = (KubernetesTables.Object, 500, AlsoReads: true);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        await _time.UntilTimersAsync(1);
        Server.Refusal = null;

        Assert.InRange(await _time.MillisecondsUntilAsync(starting), 500, 2_000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task In_a_crowd_nobody_waits_or_tries_for_a_turn_however_long_it_has_been_one(int seconds)
    {
        await CrowdAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        var third = await LeasedSilo.TakeAsync(Client, 2, time: _time);

        await third.Table.InitializeMembershipTableAsync(true).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["worker-0: Joining", "worker-1: Joining"], Members(await third.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_silo_whose_lease_was_taken_enters_nothing_and_leaves_it_to_Orleans_write_to_tell()
    {
        await LeasedSilo.JoinAsync(Client, 0);
        var former = await LeasedSilo.TakeAsync(Client, 1);
        await LeasedSilo.TakeAsync(Client, 1, process: 1);

        await former.Table.InitializeMembershipTableAsync(true);

        Assert.Equal(["worker-0: Active"], Members(await former.Table.ReadAllAsync()));
        await Assert.ThrowsAsync<MembershipException>(() => former.Table.TryJoinAsync(former.Entry));
    }

    [Fact]
    public async Task A_former_holder_that_was_paused_between_its_announcement_and_its_first_row_gets_none()
    {
        await CrowdAsync();
        var late = await LeasedSilo.TakeAsync(Client, 2, time: _time);
        await late.Table.InitializeMembershipTableAsync(true);
        var next = (await late.Table.ReadAllAsync()).Version.Next();
        Assert.True(await late.Leases.AnnounceAsync(MembershipEntries.Row(late.Entry, 0) with { Term = 1 }, next.Version, Silos.Now, ahead: 100, default));
        var successor = await LeasedSilo.TakeAsync(Client, 2, process: 1, time: _time);
        await successor.Table.InitializeMembershipTableAsync(true);
        Assert.NotNull(await successor.Table.TryJoinAsync(successor.Entry));

        var now = (await late.Table.ReadAllAsync()).Version.Next();
        await Assert.ThrowsAsync<MembershipException>(() => late.Table.InsertRowAsync(late.Entry, now));
        Assert.Equal(["worker-0: Joining", "worker-1: Joining", "worker-2: Joining"], Members(await late.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_worker_that_ends_again_and_again_before_it_joins_has_two_rows()
    {
        LeasedSilo? last = null;
        for (var process = 0; process < 5; process++)
        {
            last = await LeasedSilo.TakeAsync(Client, 1, process);
            await last.Table.InitializeMembershipTableAsync(true);
        }

        Assert.Equal(["worker-1: Dead", "worker-1: Joining"], Members(await last!.Table.ReadAllAsync()));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(-10_000)]
    public async Task Nobody_waits_for_a_silo_that_began_to_join_long_ago_or_whose_clock_is_far_off(int milliseconds)
    {
        var first = await EnterAsync(0);
        var second = await LeasedSilo.TakeAsync(Client, 1, time: new FakeTimeProvider(_time.GetUtcNow().AddMilliseconds(milliseconds)));

        await second.Table.InitializeMembershipTableAsync(true).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(["worker-0: Joining", "worker-1: Joining"], Members(await first.Table.ReadAllAsync()));
    }

    [Fact]
    public async Task A_former_holder_is_declared_dead_at_once_though_another_silo_joins()
    {
        await LeasedSilo.JoinAsync(Client, 1);
        var other = await EnterAsync(0);
        var successor = await LeasedSilo.TakeAsync(Client, 1, process: 1, time: _time);

        var starting = successor.Table.InitializeMembershipTableAsync(true);
        await _time.UntilTimersAsync(1);

        Assert.Equal(["worker-0: Joining", "worker-1: Dead"], Members(await other.Table.ReadAllAsync()));
        Assert.False(starting.IsCompleted);
    }

    [Fact]
    public async Task A_row_that_was_written_though_no_answer_came_is_not_written_again()
    {
        var silo = await EnterAsync(0);
        var version = (await silo.Table.ReadAllAsync()).Version;
        _time.Advance(TimeSpan.FromSeconds(11));

        await silo.Table.InitializeMembershipTableAsync(true);

        Assert.Equal(version, (await silo.Table.ReadAllAsync()).Version);
    }

    [Fact]
    public async Task A_write_over_what_was_just_read_does_not_read_it_again()
    {
        var silo = await EnterAsync(0);
        var read = await silo.Table.ReadAllAsync();
        var reads = Server.QuorumReads;

        Assert.True(await silo.Table.UpdateRowAsync(silo.Entry, read.TryGet(silo.Entry.SiloAddress)!.Item2, read.Version.Next()));

        Assert.Equal(reads, Server.QuorumReads);
    }

    [Fact]
    public async Task Of_many_silos_that_start_beside_many_others_few_read_all_leases()
    {
        await CrowdAsync();
        for (var worker = 2; worker < 100; worker++) await LeasedSilo.JoinAsync(Client, worker);
        var silos = await Task.WhenAll(Enumerable.Range(100, 60).Select(worker => LeasedSilo.TakeAsync(Client, worker)));
        var lists = Server.Lists;

        foreach (var silo in silos) await silo.Table.InitializeMembershipTableAsync(true).WaitAsync(TimeSpan.FromSeconds(10));

        // Twelve are to be expected. Forty or more would come once in 10^14 times.
        Assert.InRange(Server.Lists - lists, 0, 39);
    }

    private async Task<LeasedSilo> EnterAsync(int worker)
    {
        var silo = await LeasedSilo.TakeAsync(Client, worker, time: _time);
        await silo.Table.InitializeMembershipTableAsync(true);
        return silo;
    }

    /// <summary>Workers 0 and 1 are joining: one in its turn, the other as Orleans does it.</summary>
    private async Task CrowdAsync()
    {
        await EnterAsync(0);
        var second = await LeasedSilo.TakeAsync(Client, 1, time: _time);
        second.Entry.StartTime = _time.GetUtcNow().UtcDateTime;
        await second.Table.TryJoinAsync(second.Entry);
    }
}
