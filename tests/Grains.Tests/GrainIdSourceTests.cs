using System.Collections.Concurrent;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

public sealed class GrainIdSourceTests
{
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
    public async Task Requests_share_calls_and_no_id_comes_twice_and_each_caller_sees_rising_ids()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var source = cluster.Get<GrainIdSource>(0);
        var seen = new ConcurrentBag<List<long>>();
        const int callers = 64, requests = 2_000;

        // A bulk beside them, and a caller from outside, both of which reserve behind the window's back.
        using var stop = new CancellationTokenSource();
        var others = new[] { Task.Run(() => CallAsync(5_000, stop.Token)), Task.Run(() => CallAsync(SlotWindow.Capacity + 1, stop.Token)) };
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(1, default))));
        await stop.CancelAsync();
        await Task.WhenAll(others);

        var all = seen.SelectMany(ids => ids).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.All(seen, ids => Assert.Equal(ids.Order(), ids));
        Assert.InRange(source.Calls, 1, callers * requests / 2);

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
    public async Task Calls_in_flight_have_a_bound_even_where_those_who_made_them_have_left()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        while (cluster.Get<SlotGenerator>(0).TryReserve(4_096, since: null, out _) == ReserveStatus.Reserved)
        {
            // Until the grain has to wait for the next millisecond, which does not come by itself.
        }

        using var leave = new CancellationTokenSource();
        var requests = Enumerable.Range(0, 500)
            .Select(_ => source.ReserveAsync(4_096, since: null, leave.Token).AsTask()).ToList();
        await leave.CancelAsync();
        foreach (var request in requests) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        Assert.Equal((64, 64), (source.Calls, source.CallsInFlight));
        time.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Small_batches_share_calls_and_a_full_one_does_not_wait_for_the_one_before()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        while (cluster.Get<SlotGenerator>(0).TryReserve(256, since: null, out _) == ReserveStatus.Reserved) { }
        var before = source.Issued;

        // The first one is called for at once, ten each share a call, and the last three wait for all before them.
        var requests = Enumerable.Range(0, 64)
            .Select(_ => source.ReserveAsync(100, since: null, CancellationToken.None).AsTask()).ToList();
        await time.UntilTimersAsync();
        while (source.CallsInFlight < 6) await Task.Yield();
        Assert.Equal(7, source.Calls);

        while (!requests.All(request => request.IsCompleted))
        {
            time.AdvanceMilliseconds(1);
            await Task.Yield();
        }

        var ids = new HashSet<long>();
        foreach (var request in requests)
        {
            var slots = (await request).Slots;
            Assert.InRange(slots.Count, 1, 100);
            for (var slot = slots.First; slot < slots.End; slot++) Assert.True(ids.Add(slot));
        }

        Assert.Equal(before + ids.Count, source.Issued);
        Assert.InRange(source.Calls, 8, 12);
    }

    [Fact]
    public async Task An_id_is_higher_than_all_that_were_answered_before_whichever_way_they_took()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var source = cluster.Get<GrainIdSource>(0);
        long highest = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                var before = Volatile.Read(ref highest);
                var count = ((caller + i) % 7) switch { 0 => SlotWindow.Capacity + 1, 1 => 400, _ => 1 };
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
    public async Task Within_a_millisecond_that_stands_still_few_calls_serve_many_requests_and_nothing_is_lost()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider());
        var source = cluster.Get<GrainIdSource>(0);

        for (var request = 0; request < 1_000; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);

        Assert.InRange(source.Calls, 5, 25);
        Assert.Equal(1_000, source.Issued);
    }

    [Fact]
    public async Task The_window_is_used_for_a_millisecond_more_at_most_and_shrinks_when_it_is_too_large()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        var clock = cluster.Get<LogicalClock>(0);
        for (var request = 0; request < 500; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);

        for (var millisecond = 0; millisecond < 50; millisecond++)
        {
            time.AdvanceMilliseconds(1);
            var reservation = await source.ReserveAsync(1, since: null, CancellationToken.None);
            Assert.InRange(reservation.Slots.Timestamp, clock.Read().Logical - 1, clock.Read().Logical);
        }

        Assert.InRange(cluster.Get<SlotGenerator>(0).Issued, 551, 550 + 2 * SlotWindow.Capacity);
        Assert.InRange(source.Issued, 500, 550);
    }

    [Fact]
    public async Task Nobody_waits_while_slots_of_the_next_millisecond_are_fetched()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        var clock = cluster.Get<LogicalClock>(0);
        for (var request = 0; request < 10; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);
        var calls = source.Calls;
        time.AdvanceMilliseconds(1);

        var reservation = source.ReserveAsync(1, since: null, CancellationToken.None);

        Assert.True(reservation.IsCompletedSuccessfully);
        Assert.Equal(calls + 1, source.Calls);
        Assert.Equal(clock.Read().Logical - 1, (await reservation).Slots.Timestamp);
        var next = await source.ReserveAsync(1, since: null, CancellationToken.None);
        while (next.Slots.Timestamp < clock.Read().Logical)
            next = await source.ReserveAsync(1, since: null, CancellationToken.None);
        Assert.InRange(source.Calls, calls + 1, calls + 2);
    }

    [Fact]
    public async Task A_request_that_is_given_up_takes_nothing_from_the_others()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var source = cluster.Get<GrainIdSource>(0);
        await source.ReserveAsync(1, since: null, CancellationToken.None);
        while (cluster.Get<SlotGenerator>(0).TryReserve(256, since: null, out _) == ReserveStatus.Reserved) { }
        using var cancellation = new CancellationTokenSource();

        var givenUp = source.ReserveAsync(1, since: null, cancellation.Token).AsTask();
        var other = source.ReserveAsync(1, since: null, CancellationToken.None).AsTask();
        await time.UntilTimersAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        time.AdvanceMilliseconds(1);

        Assert.Null((await other).Refusal);
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
        foreach (var count in new[] { 1, SlotWindow.Capacity + 1 })
        {
            var reservation = await source.ReserveAsync(count, since: null, CancellationToken.None);
            Assert.Equal("Shutting down", reservation.Refusal?.Reason);
        }
    }

    [Fact]
    public async Task Says_that_the_grain_does_not_answer()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var source = cluster.Get<GrainIdSource>(0);
        Assert.Null((await source.ReserveAsync(1, since: null, CancellationToken.None)).Refusal);
        await cluster.StopAsync(0);

        var reservation = await source.ReserveAsync(1, since: null, CancellationToken.None);

        Assert.StartsWith("The grain of worker ID 0 does not answer: ", reservation.Refusal?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_window_allocates_nothing()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(1, new FakeTimeProvider());
        var source = cluster.Get<GrainIdSource>(0);
        for (var request = 0; request < 500; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);
        var calls = source.Calls;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var request = 0; request < 10; request++) await source.ReserveAsync(1, since: null, CancellationToken.None);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((calls, 0), (source.Calls, allocated));
    }
}
