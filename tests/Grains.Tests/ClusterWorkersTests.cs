using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

public sealed class ClusterWorkersTests
{
    [Theory]
    [InlineData(1_024, 3)]
    [InlineData(3, 3)]
    [InlineData(2, 2)]
    public async Task A_bulk_comes_from_as_many_live_workers_as_wanted_and_rises(int wanted, int expected)
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);

        var ids = await ReadAsync(await OpenAsync(cluster, 1, wanted, 200_000, live: 3), 200_000);

        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        var workers = ids.Select(id => new SnowflakeId(id).Worker).ToHashSet();
        Assert.Equal(expected, workers.Count);
        Assert.Contains(1, workers);
    }

    [Fact]
    public async Task Bulks_from_some_of_the_workers_are_spread_over_all()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        (await OpenAsync(cluster, 0, 3, 3, live: 3)).Dispose();
        var seen = new HashSet<int>();

        for (var bulk = 0; bulk < 50; bulk++)
        {
            using var two = cluster.Get<ClusterWorkers>(0).Open(2, 2)!;
            seen.UnionWith((await ReadAsync(two, 2)).Select(id => new SnowflakeId(id).Worker));
        }

        Assert.Equal([0, 1, 2], seen.Order());
    }

    [Fact]
    public async Task A_worker_that_is_alone_has_no_others()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);

        Assert.Null(cluster.Get<ClusterWorkers>(0).Open(1_024, 10));
    }

    [Fact]
    public async Task A_bulk_has_no_ID_that_is_below_one_that_its_worker_had_given_before()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        for (var round = 0; round < 20; round++)
        {
            var before = new SlotRange[3];
            for (var worker = 0; worker < 3; worker++)
            {
                before[worker] = (await cluster.Get<GrainIdSource>(worker).ReserveAsync(round % 2 == 0 ? 1 : 4_096, null, CancellationToken.None)).Slots;
            }

            var ids = await ReadAsync(await OpenAsync(cluster, 0, 3, 9_000, live: 3), 9_000);

            Assert.All(ids, id => Assert.True(id >= SnowflakeId.Compose(before[new SnowflakeId(id).Worker].End, new SnowflakeId(id).Worker)));
        }
    }

    [Fact]
    public async Task Bulks_at_once_from_all_silos_never_get_the_same_ID()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        var bulks = new List<IBulk>();
        for (var bulk = 0; bulk < 6; bulk++) bulks.Add(await OpenAsync(cluster, bulk % 3, 3, 50_000, live: 3));

        var answers = await Task.WhenAll(bulks.Select(bulk => Task.Run(() => ReadAsync(bulk, 50_000))));

        Assert.Equal(300_000, answers.SelectMany(ids => ids).Distinct().Count());
        Assert.All(answers, ids => Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second)));
    }

    [Fact]
    public async Task What_a_worker_gives_to_others_is_counted_and_what_it_gives_to_itself_is_not()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 2);

        var bulk = await OpenAsync(cluster, 0, 2, 1_000, live: 2);
        var before = cluster.Get<GivenIds>(1).Count;

        var ids = await ReadAsync(bulk, 1_000);

        Assert.Equal(500, ids.Count(id => new SnowflakeId(id).Worker == 1));
        Assert.Equal(500, cluster.Get<GivenIds>(1).Count - before);
        Assert.Equal(0, cluster.Get<GivenIds>(0).Count);
    }

    [Fact]
    public async Task A_call_from_elsewhere_counts_as_a_bulk_while_it_lasts_and_one_of_the_worker_itself_does_not()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var gate = cluster.Get<BulkGate>(0);
        var generator = cluster.Get<SlotGenerator>(0);
        var grain = cluster.Client.GetGrain<IBulkGrain>(0);
        await cluster.Client.GetGrain<ISnowflakeGrain>(0).DescribeAsync();
        while (generator.TryReserve(1, null, out _) == ReserveStatus.Reserved)
        {
            // Until the millisecond has none left.
        }

        var own = grain.TakeAsync(4_096, null, from: 0).AsTask();
        while (cluster.Get<WorkerIdSource>(0).Waits < 1) await Task.Yield();
        Assert.Equal(0, gate.Running);
        var others = grain.TakeAsync(4_096, null, from: 1).AsTask();
        var clients = grain.TakeAsync(4_096, null, IBulkGrain.Client).AsTask();
        while (cluster.Get<WorkerIdSource>(0).Waits < 3) await Task.Yield();
        Assert.Equal(2, gate.Running);

        while (!(own.IsCompleted && others.IsCompleted && clients.IsCompleted))
        {
            time.AdvanceMilliseconds(1);
            await Task.Yield();
        }

        Assert.Equal(0, gate.Running);
        Assert.All(new[] { await own, await others, await clients }, slots => Assert.Null(slots.Refusal));
    }

    [Fact]
    public async Task Where_a_worker_has_bulks_enough_the_others_give_all()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 2);
        var bulk = await OpenAsync(cluster, 0, 2, 10_000, live: 2);
        var gate = cluster.Get<BulkGate>(1);
        while (gate.TryEnter())
        {
            // Until there is no place left.
        }

        var ids = await ReadAsync(bulk, 10_000);

        Assert.All(ids, id => Assert.Equal(0, new SnowflakeId(id).Worker));
    }

    [Fact]
    public async Task A_worker_that_has_lost_its_lease_is_gone_on_without()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 2);
        var bulk = await OpenAsync(cluster, 0, 2, 1_000_000, live: 2);
        var ids = await ReadAsync(bulk, 500_000);
        await cluster.Get<WorkerLease>(1).ReleaseAsync(CancellationToken.None);

        ids.AddRange(await ReadAsync(bulk, 1_000_000 - ids.Count));

        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.Equal(0, new SnowflakeId(ids[^1]).Worker);
        var refused = await cluster.Client.GetGrain<IBulkGrain>(1).TakeAsync(1, null, IBulkGrain.Client);
        Assert.Equal("Shutting down", refused.Refusal);
        Assert.Empty(refused.Ranges);
    }

    [Fact]
    public async Task A_call_takes_what_there_is_in_turns_and_nothing_from_before_it_may()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var grain = cluster.Client.GetGrain<IBulkGrain>(0);
        var first = await grain.TakeAsync(IBulkGrain.MaxCount, null, IBulkGrain.Client);
        time.AdvanceMilliseconds(5);

        var second = await grain.TakeAsync(IBulkGrain.MaxCount, first.Ranges[0].Slots.Timestamp, IBulkGrain.Client);
        time.AdvanceMilliseconds(5_000);
        var third = await grain.TakeAsync(IBulkGrain.MaxCount, first.Ranges[0].Slots.Timestamp, IBulkGrain.Client);

        Assert.Equal(Layout.SlotsPerMillisecond - SlotGenerator.Headroom, Assert.Single(first.Ranges).Count);
        Assert.Equal(5 * Layout.SlotsPerMillisecond, Assert.Single(second.Ranges).Count);
        Assert.Equal(first.Ranges[0].Slots.End, second.Ranges[0].First);
        Assert.Equal(third.Now - 1_000, third.Ranges[0].Slots.Timestamp);
    }

    [Fact]
    public async Task A_call_that_had_to_wait_takes_the_slots_of_all_the_time_in_which_it_waited()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        var grain = cluster.Client.GetGrain<IBulkGrain>(0);
        var first = await grain.TakeAsync(IBulkGrain.MaxCount, null, IBulkGrain.Client);

        var waiting = grain.TakeAsync(IBulkGrain.MaxCount, null, IBulkGrain.Client).AsTask();
        await time.UntilTimersAsync();
        while (!waiting.IsCompleted && cluster.Get<WorkerIdSource>(0).Waits == 0) await Task.Yield();
        time.AdvanceMilliseconds(3);

        Assert.Equal(3 * Layout.SlotsPerMillisecond, (await waiting).Ranges.Sum(range => range.Count));
        Assert.Equal(first.Ranges[0].Slots.End, (await waiting).Ranges[0].First);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(IBulkGrain.MaxCount + 1)]
    public async Task A_count_that_no_call_may_have_is_refused(int count)
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => cluster.Client.GetGrain<IBulkGrain>(0).TakeAsync(count, null, IBulkGrain.Client).AsTask());
    }

    /// <summary>Opens a bulk once the silo knows of so many workers, which it hears a moment after they have started.</summary>
    private static async Task<IBulk> OpenAsync(SnowflakeCluster cluster, int worker, int most, int count, int live)
    {
        var membership = cluster.Get<IClusterMembershipService>(worker);
        while (LiveWorkerIds.In(membership.CurrentSnapshot).Length < live) await Task.Yield();
        var workers = cluster.Get<ClusterWorkers>(worker);
        // A silo offers its grain a moment after it has joined.
        while (true)
        {
            using var probe = workers.Open(1_024, 4 * live)!;
            var ids = await ReadAsync(probe, 4 * live);
            if (ids.Select(id => new SnowflakeId(id).Worker).Distinct().Count() == live) break;
        }

        return workers.Open(most, count)!;
    }

    private static async Task<List<long>> ReadAsync(IBulk bulk, int count)
    {
        var all = new List<long>(count);
        while (all.Count < count)
        {
            var (ids, refusal) = await bulk.ReadAsync(CancellationToken.None);
            Assert.Null(refusal);
            for (var index = 0; index < ids.Count; index++) all.Add(ids[index]);
        }

        return all;
    }
}
