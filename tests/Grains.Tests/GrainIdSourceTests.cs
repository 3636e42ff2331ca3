using System.Collections.Concurrent;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

public sealed class GrainIdSourceTests
{
    private const string DoesNotAnswer = "The grain of worker ID 0 does not answer: ";

    [Fact]
    public async Task One_request_alone_takes_one_slot_and_one_call()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider());
        var source = cluster.Get<GrainIdSource>(0);

        var reservation = await source.ReserveAsync(1, since: null, CancellationToken.None);

        Assert.Equal((1, 0), (reservation.Slots.Count, source.Worker));
        Assert.Equal((1, 1), (source.Calls, cluster.Get<SlotGenerator>(0).Issued));
    }

    [Fact]
    public async Task Requests_share_answers_of_the_grain_and_no_id_comes_twice_and_each_caller_sees_rising_ids()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var source = Joined(cluster, new());
        var seen = new ConcurrentBag<List<long>>();
        const int callers = 64, requests = 2_000;

        using var stop = new CancellationTokenSource();
        var others = new[] { Task.Run(() => CallAsync(5_000, stop.Token)), Task.Run(() => CallAsync(1_001, stop.Token)) };
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(1, default))));
        await stop.CancelAsync();
        await Task.WhenAll(others);

        var all = seen.SelectMany(ids => ids).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(seen, ids => Assert.Equal(ids.Order(), ids));
        Assert.InRange(source.Calls, 1, callers * requests / 10);

        async Task CallAsync(int count, CancellationToken stop)
        {
            var ids = new List<long>();
            for (var i = 0; i < requests && !stop.IsCancellationRequested; i++)
            {
                var reservation = await source.ReserveAsync(count, since: null, CancellationToken.None);
                Assert.Null(reservation.Refusal);
                for (var id = 0; id < reservation.Slots.Count; id++) ids.Add(reservation.Slots.First + id);
            }

            seen.Add(ids);
        }
    }

    [Fact]
    public async Task An_id_is_higher_than_all_that_were_answered_before_whichever_way_they_took()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var source = Joined(cluster, new());
        long highest = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                var before = Volatile.Read(ref highest);
                var count = ((caller + i) % 7) switch { 0 => 1_001, 1 => 400, _ => 1 };
                var ids = (await source.ReserveAsync(count, since: null, CancellationToken.None)).Slots;
                Assert.True(ids.First > before);
                Raise(ids.End - 1);
            }
        })));

        void Raise(long slot)
        {
            var seen = Volatile.Read(ref highest);
            while (seen < slot && Interlocked.CompareExchange(ref highest, slot, seen) is var found && found != seen) seen = found;
        }
    }

    [Fact]
    public async Task Says_why_there_are_no_ids()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var source = cluster.Get<GrainIdSource>(0);
        Assert.Null(source.Check());
        await source.ReserveAsync(1, since: null, CancellationToken.None);

        await cluster.Get<WorkerLease>(0).ReleaseAsync(CancellationToken.None);

        Assert.Equal("Shutting down", source.Check()?.Reason);
        foreach (var count in new[] { 1, 1_001 })
        {
            var reservation = await source.ReserveAsync(count, since: null, CancellationToken.None);
            Assert.Equal("Shutting down", reservation.Refusal?.Reason);
        }
    }

    [Fact]
    public async Task An_answer_of_the_grain_holds_for_all_requests_of_the_next_hundred_milliseconds_and_nothing_is_lost()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        await source.ReserveAsync(1, since: null, CancellationToken.None);

        for (var millisecond = 1; millisecond < 50; millisecond++)
        {
            time.AdvanceMilliseconds(1);
            var slots = (await source.ReserveAsync(20, since: null, CancellationToken.None)).Slots;
            Assert.Equal(cluster.Get<LogicalClock>(0).Read().Logical, slots.Timestamp);
        }

        Assert.Equal((1, 1 + 49 * 20), (source.Calls, source.Issued));

        time.AdvanceMilliseconds(100);
        await source.ReserveAsync(1, since: null, CancellationToken.None);
        Assert.Equal(2, source.Calls);
    }

    [Fact]
    public async Task An_answer_that_holds_costs_no_allocation()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider());
        var source = cluster.Get<GrainIdSource>(0);
        for (var request = 0; request < 500; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var request = 0; request < 10; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((1, 0), (source.Calls, allocated));
    }

    [Fact]
    public async Task When_half_of_that_is_over_the_next_answer_is_fetched_and_nobody_waits_for_it()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var (source, grain) = (Joined(cluster, new()), cluster.Get<HeldCalls>(0));
        await source.ReserveAsync(1, since: null, CancellationToken.None);
        grain.Begin();

        for (var millisecond = 1; millisecond < 100; millisecond++)
        {
            time.AdvanceMilliseconds(1);
            Assert.True(source.ReserveAsync(1, since: null, CancellationToken.None).AsTask().IsCompletedSuccessfully);
            Assert.Equal(millisecond < 50 ? 1 : 2, source.Calls);
        }

        await grain.UntilAsync(1);
        grain.End();
        time.AdvanceMilliseconds(1);
        await source.ReserveAsync(1, since: null, CancellationToken.None);
        Assert.InRange(source.Calls, 2, 3);
        time.AdvanceMilliseconds(49);
        Assert.True(source.ReserveAsync(1, since: null, CancellationToken.None).AsTask().IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Where_no_answer_holds_all_wait_for_the_same_one()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider());
        var (source, grain) = (Joined(cluster, new()), cluster.Get<HeldCalls>(0));
        grain.Begin();

        var requests = Enumerable.Range(0, 500).Select(_ => Task.Run(async () =>
            await source.ReserveAsync(1, since: null, CancellationToken.None))).ToList();
        using var leave = new CancellationTokenSource();
        var leaves = source.ReserveAsync(1, since: null, leave.Token).AsTask();
        await grain.UntilAsync(1);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        Assert.DoesNotContain(requests, request => request.IsCompleted);
        grain.End();

        Assert.All(await Task.WhenAll(requests), reservation => Assert.Null(reservation.Refusal));
        Assert.Equal((1, 500), (source.Calls, source.Issued));
    }

    [Fact]
    public async Task A_grain_that_lets_a_second_pass_is_called_again()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var (source, grain) = (Joined(cluster, time), cluster.Get<HeldCalls>(0));
        await source.ReserveAsync(1, since: null, CancellationToken.None);
        time.AdvanceMilliseconds(100);
        grain.Begin();

        for (var second = 1; second <= 2; second++)
        {
            var waits = source.ReserveAsync(1, since: null, CancellationToken.None).AsTask();
            await grain.UntilAsync(second);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.StartsWith(DoesNotAnswer, (await waits).Refusal?.Reason, StringComparison.Ordinal);
            Assert.Equal(1 + second, source.Calls);
        }

        grain.End();
        Assert.Null((await source.ReserveAsync(1, since: null, CancellationToken.None)).Refusal);
    }

    [Fact]
    public async Task Until_the_grain_has_answered_for_the_first_time_nobody_is_refused_because_it_does_not()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var (source, grain) = (Joined(cluster, time), cluster.Get<HeldCalls>(0));
        grain.Begin();

        var waits = source.ReserveAsync(1, since: null, CancellationToken.None).AsTask();
        await grain.UntilAsync(1);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null((await waits).Refusal);
        grain.End();
    }

    [Fact]
    public async Task Where_leases_are_shared_nobody_waits_for_the_first_answer_and_the_grain_is_asked_until_it_gives_one()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var (source, grain) = (Joined(cluster, time, servesWhileJoining: true), cluster.Get<HeldCalls>(0));
        grain.Begin();

        for (var call = 1; call <= 3; call++)
        {
            var deadline = Environment.TickCount64 + 60_000;
            while (source.Calls < call)
            {
                Assert.True(source.ReserveAsync(1, since: null, CancellationToken.None).AsTask().IsCompletedSuccessfully);
                Assert.True(Environment.TickCount64 < deadline, "The grain is not asked again.");
                await Task.Yield();
            }

            await grain.UntilAsync(call);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        grain.End();
    }

    [Fact]
    public async Task A_grain_that_has_ended_ends_issuing_when_its_last_answer_holds_no_more()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        Assert.Null(await RefusalAsync());
        await cluster.StopAsync(0);

        time.AdvanceMilliseconds(99);
        Assert.Null(await RefusalAsync());
        time.AdvanceMilliseconds(1);
        for (var request = 0; request < 3; request++) Assert.StartsWith(DoesNotAnswer, await RefusalAsync(), StringComparison.Ordinal);

        async Task<string?> RefusalAsync() => (await source.ReserveAsync(1, since: null, CancellationToken.None)).Refusal?.Reason;
    }

    /// <summary>A source of the silo whose time for an answer is that of the test.</summary>
    private static GrainIdSource Joined(SnowflakeCluster cluster, FakeTimeProvider time, bool servesWhileJoining = false)
    {
        var source = new GrainIdSource(
            servesWhileJoining, new(() => cluster.CallerOn(0)), cluster.Get<WorkerLease>(0), cluster.Get<WorkerIdSource>(0),
            cluster.Get<LogicalClock>(0), time);
        source.Participate(new ActiveSilo());
        return source;
    }

    private sealed class ActiveSilo : ISiloLifecycle
    {
        public int HighestCompletedStage => ServiceLifecycleStage.Active;

        public int LowestStoppedStage => int.MaxValue;

        public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
        {
            observer.OnStart(CancellationToken.None).GetAwaiter().GetResult();
            return Stream.Null;
        }
    }
}
