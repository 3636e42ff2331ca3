using System.Collections.Concurrent;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IdGenerator.Client.Tests;

public sealed class IdGeneratorClientTests
{
    [Fact]
    public async Task Hands_out_no_id_twice_and_spreads_over_all_workers()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        using var client = NewClient(cluster);
        var seen = new ConcurrentBag<long>();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 20_000; i++) seen.Add(await client.NextAsync());
            foreach (var id in await client.NextAsync(5_000)) seen.Add(id);
            await foreach (var id in client.StreamAsync(5_000)) seen.Add(id);
        })));

        Assert.Equal(4 * 30_000, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal([0, 1, 2], seen.Select(id => new SnowflakeId(id).Worker).Distinct().Order());
    }

    [Fact]
    public async Task A_long_stream_and_a_large_array_at_once_repeat_nothing()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        using var client = NewClient(cluster);
        await client.NextAsync();

        var stream = Task.Run(() => client.StreamAsync(3_000_000).ToListAsync().AsTask());
        var array = Task.Run(() => client.NextAsync(1_000_000).AsTask());

        List<long> all = [.. await stream, .. await array];
        all.Sort();
        Assert.Equal(4_000_000, all.Count);
        Assert.Equal(-1, Enumerable.Range(1, all.Count - 1).FirstOrDefault(index => all[index - 1] == all[index], -1));
    }

    [Fact]
    public async Task Gives_exactly_as_many_as_were_asked_for()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        using var client = NewClient(cluster);

        Assert.Empty(await client.NextAsync(0));
        Assert.Equal(10_000, (await client.NextAsync(10_000)).Distinct().Count());
        Assert.Equal(0, await client.StreamAsync(0).CountAsync());
        Assert.Equal(10_000, await client.StreamAsync(10_000).CountAsync());
    }

    [Fact]
    public async Task Prefetched_ids_are_dropped_at_their_maximum_age()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        using var client = NewClient(cluster, time);
        for (var i = 0; i < 300; i++) await client.NextAsync();
        var prefetchedAt = new SnowflakeId(await client.NextAsync()).Timestamp;

        time.AdvanceMilliseconds(999);
        Assert.Equal(prefetchedAt, new SnowflakeId(await client.NextAsync()).Timestamp);

        time.AdvanceMilliseconds(1);
        Assert.Equal(prefetchedAt + 1_000, new SnowflakeId(await client.NextAsync()).Timestamp);
    }

    [Fact]
    public async Task No_call_fails_while_silos_are_restarted_or_killed()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 3);
        using var client = NewClient(cluster);
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var mine = new List<long>();
            while (!stop.IsCancellationRequested)
            {
                for (var i = 0; i < 100; i++) mine.Add(await client.NextAsync(CancellationToken.None));
                // Not as fast as it can: they go on until all silos have been restarted.
                await Task.Delay(1);
            }

            return mine;
        })).ToList();

        for (var worker = 0; worker < 3; worker++) await cluster.RestartAsync(worker);
        // All of them serve the client again.
        var afterwards = new List<long>();
        while (Workers(afterwards).Count() < 3) afterwards.AddRange(await client.NextAsync(1_000, CancellationToken.None));
        await cluster.KillAsync(2);
        afterwards.AddRange(await client.NextAsync(20_000, CancellationToken.None));
        await stop.CancelAsync();

        var all = (await Task.WhenAll(callers)).SelectMany(ids => ids).Concat(afterwards).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Fact]
    public async Task Asks_another_worker_when_one_refuses()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 2);
        await cluster.Get<WorkerLease>(0).ReleaseAsync(CancellationToken.None);
        using var client = NewClient(cluster);

        for (var call = 0; call < 10; call++)
            Assert.All(await client.NextAsync(5_000), id => Assert.Equal(1, new SnowflakeId(id).Worker));
    }

    [Fact]
    public async Task Asks_another_worker_long_before_the_time_out_when_one_does_not_answer()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(2, time);
        var generator = cluster.Get<SlotGenerator>(0);
        while (generator.TryReserve(256, since: null, out _) == ReserveStatus.Reserved) { } // Its clock stands still.
        using var client = NewClient(cluster, callTimeout: TimeSpan.FromMinutes(1), giveUpAfter: TimeSpan.FromMinutes(2));

        for (var call = 0; call < 4; call++)
        {
            var ids = await client.NextAsync(100).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.All(ids, id => Assert.Equal(1, new SnowflakeId(id).Worker));
        }

        time.AdvanceMilliseconds(1); // The silo stops once the grain has answered.
    }

    [Fact]
    public async Task Loses_no_slots_of_the_time_between_two_calls_that_follow_each_other()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        using var client = NewClient(cluster, time);
        var first = await client.NextAsync(2_000);

        time.AdvanceMilliseconds(5);
        var then = await client.NextAsync(4_000);

        Assert.Equal(new SnowflakeId(first[0]).Timestamp, new SnowflakeId(then[1]).Timestamp);
    }

    [Fact]
    public async Task Says_so_when_no_worker_has_had_ids_for_too_long()
    {
        await using var cluster = await SnowflakeCluster.StartAsync(silos: 1);
        await cluster.Client.GetGrain<ISnowflakeGrain>(0).DescribeAsync();
        await cluster.Get<WorkerLease>(0).ReleaseAsync(CancellationToken.None);
        using var client = NewClient(cluster, giveUpAfter: TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await client.NextAsync());

        Assert.Equal("No worker had IDs for 0.2 s: worker 0: Shutting down.", error.Message);
    }

    [Fact]
    public async Task Says_so_when_the_cluster_was_not_found_yet()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(orleans => orleans.UseLocalhostClustering(FreePort.Next()));
        using var notStarted = builder.Build();
        using var client = NewClient(
            notStarted.Services.GetRequiredService<IGrainFactory>(), giveUpAfter: TimeSpan.FromMilliseconds(200), callTimeout: TimeSpan.FromMilliseconds(200));

        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await client.NextAsync());

        Assert.Equal("No worker had IDs for 0.2 s: The cluster was not found yet.", error.Message);
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_the_others_waiting_and_takes_nothing_from_them()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await SnowflakeCluster.StartAsync(1, time);
        using var client = NewClient(cluster, time);
        var generator = cluster.Get<SlotGenerator>(0);
        await cluster.Client.GetGrain<ISnowflakeGrain>(0).DescribeAsync();
        while (generator.TryReserve(256, since: null, out _) == ReserveStatus.Reserved) { }
        using var cancellation = new CancellationTokenSource();

        var timers = time.ArmedTimers;
        var givenUp = client.NextAsync(cancellation.Token).AsTask();
        var other = client.NextAsync(CancellationToken.None).AsTask();
        // The callers' deadline, the call's time-out, the time after which another worker is asked, and the grain waiting for the next millisecond.
        await time.UntilTimersAsync(timers + 4);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.False(other.IsCompleted);
        var issued = generator.Issued;
        time.AdvanceMilliseconds(1);
        await other;
        // One for each of the two who were in line when it was fetched; what the other one left is at hand for the next caller.
        if (generator.Issued == issued + 2) await client.NextAsync(CancellationToken.None);
        else Assert.Equal(issued + 1, generator.Issued);
        Assert.InRange(generator.Issued, issued + 1, issued + 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.NextAsync(10, cancellation.Token));
    }

    private static IEnumerable<int> Workers(IEnumerable<long> ids) => ids.Select(id => new SnowflakeId(id).Worker).Distinct();

    private static IdGeneratorClient NewClient(
        SnowflakeCluster cluster, TimeProvider? time = null, TimeSpan? giveUpAfter = null, TimeSpan? callTimeout = null) =>
        NewClient(cluster.Client, time, giveUpAfter, callTimeout);

    private static IdGeneratorClient NewClient(IGrainFactory grains, TimeProvider? time = null, TimeSpan? giveUpAfter = null, TimeSpan? callTimeout = null) =>
        TestClient.New(grains, time, options =>
        {
            options.GiveUpAfter = giveUpAfter ?? options.GiveUpAfter;
            options.CallTimeout = callTimeout ?? options.CallTimeout;
        });
}
