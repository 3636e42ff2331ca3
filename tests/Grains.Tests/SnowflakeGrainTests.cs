using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

public sealed class SnowflakeGrainTests
{
    [Fact]
    public async Task Describes_who_holds_the_worker_id_and_until_when()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);

        var description = await cluster.Client.GetGrain<ISnowflakeGrain>(0).DescribeAsync();

        var until = Layout.Epoch.AddMilliseconds(cluster.Get<SlotGenerator>(0).Until);
        Assert.Equal(new WorkerDescription(0, "pod-0", until), description);
    }

    [Fact]
    public async Task Says_as_a_value_that_it_has_no_slots()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var grain = cluster.Client.GetGrain<ISnowflakeGrain>(0);
        await grain.DescribeAsync();
        await cluster.Get<WorkerLease>(0).ReleaseAsync(CancellationToken.None);

        var reservation = await grain.ReserveAsync(1, since: null);

        Assert.Equal(new(0, 0, "Shutting down", TimeSpan.FromSeconds(1)), reservation);
        Assert.Null((await grain.DescribeAsync()).ReservedUntil);
    }

    [Fact]
    public async Task A_reservation_that_waits_for_the_next_millisecond_holds_up_nobody()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var grain = cluster.Client.GetGrain<ISnowflakeGrain>(0);
        while (cluster.Get<SlotGenerator>(0).Check() == ReserveStatus.Reserved) await grain.ReserveAsync(256, since: null);

        var waiting = grain.ReserveAsync(256, since: null).AsTask();
        await time.UntilTimersAsync();
        Assert.Equal(0, (await grain.DescribeAsync()).Worker);
        var second = grain.ReserveAsync(1, since: null).AsTask();
        while (cluster.Get<WorkerIdSource>(0).Waits < 2) await Task.Yield();
        Assert.False(waiting.IsCompleted || second.IsCompleted);

        time.AdvanceMilliseconds(1);
        var (a, b) = (await waiting, await second);
        Assert.Equal((256, 1), (a.Count, b.Count));
        Assert.True(a.Slots.End <= b.First || b.Slots.End <= a.First);
    }

    [Fact]
    public async Task A_caller_that_always_goes_on_where_its_last_call_ended_falls_behind_by_a_second_at_most()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var grain = cluster.Client.GetGrain<ISnowflakeGrain>(0);
        var clock = cluster.Get<LogicalClock>(0);
        long? since = null;

        for (var call = 0; call < 200; call++)
        {
            var reservation = await grain.ReserveAsync(1, since);
            Assert.InRange(clock.Read().Logical - reservation.Slots.Timestamp, 0, 1_000);
            since = reservation.Slots.Timestamp;
            time.AdvanceMilliseconds(15);
        }
    }

    [Fact]
    public async Task A_reservation_may_use_the_slots_of_the_last_second_and_none_of_before()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var grain = cluster.Client.GetGrain<ISnowflakeGrain>(0);
        time.AdvanceMilliseconds(5_000);

        var reservation = await grain.ReserveAsync(ISnowflakeGrain.MaxCount, since: 0);

        Assert.Equal(cluster.Get<LogicalClock>(0).Read().Logical - 1_000, reservation.Slots.Timestamp);
        Assert.Equal(ISnowflakeGrain.MaxCount, reservation.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ISnowflakeGrain.MaxCount + 1)]
    public async Task Refuses_counts_that_make_no_sense(int count)
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await cluster.Client.GetGrain<ISnowflakeGrain>(0).ReserveAsync(count, since: null));
    }

    [Fact]
    public async Task Streams_any_count_in_rising_order()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        long count = 0, end = 0;

        await foreach (var part in cluster.Client.GetGrain<ISnowflakeGrain>(0).StreamAsync(100_000))
        {
            Assert.Null(part.Refusal);
            Assert.True(part.First >= end);
            (count, end) = (count + part.Count, part.Slots.End);
        }

        Assert.Equal(100_000, count);
    }

    [Fact]
    public async Task A_stream_ends_with_a_refusal()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        var parts = new List<SlotReservation>();

        await foreach (var part in cluster.Client.GetGrain<ISnowflakeGrain>(0).StreamAsync(ISnowflakeGrain.MaxCount))
        {
            parts.Add(part);
            if (parts.Count == 1) await cluster.Get<WorkerLease>(0).ReleaseAsync(CancellationToken.None);
        }

        Assert.Equal("Shutting down", parts[^1].Refusal);
        Assert.All(parts[..^1], part => Assert.Null(part.Refusal));
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_stops_reserving()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        using var cancellation = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in cluster.Client.GetGrain<ISnowflakeGrain>(0).StreamAsync(ISnowflakeGrain.MaxCount, cancellation.Token))
                await cancellation.CancelAsync();
        });
    }
}
