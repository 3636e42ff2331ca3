using System.Collections.Concurrent;
using System.Diagnostics;
using IdGenerator.ApiServer;
using IdGenerator.Client;
using Xunit.Abstractions;

namespace IdGenerator.SiloCluster.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class CrashTests(ControlPlane cluster, ITestOutputHelper output)
{
    [ApiServerFact]
    public async Task After_a_crash_calls_to_that_worker_fail_clearly_until_it_is_back_and_clients_go_on_with_the_others()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var pods = await silos.StartJoinedAsync(3);
        await using var client = await OrleansClient.StartAsync(account);
        await using var load = new ClientLoad(client.Ids);
        Assert.Equal("ids-1", (await client.Worker(1).DescribeAsync()).Holder);

        await pods[1].Process.CrashAsync();
        for (var call = 0; call < 5; call++)
        {
            var waited = Stopwatch.StartNew();
            var error = await Record.ExceptionAsync(async () => await client.Worker(1).ReserveAsync(1, since: null));
            Assert.True(error is WorkerUnavailableException or OrleansException, $"{error}");
            Assert.InRange(waited.Elapsed.TotalSeconds, 0, 10);
        }

        Assert.Equal("ids-0", (await client.Worker(0).DescribeAsync()).Holder);
        Assert.Equal("ids-2", (await client.Worker(2).DescribeAsync()).Holder);
        await silos.Start(pods[1].Pod).JoinedAsync();
        await UntilAnswersAsync(client.Worker(1));

        Assert.Equal("ids-1", (await client.Worker(1).DescribeAsync()).Holder);
        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(load.Ids.Count, load.Ids.Distinct().Count());
    }

    [ApiServerFact]
    public async Task A_request_that_a_killed_silo_took_with_it_costs_its_callers_no_time_out()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var pods = await silos.StartJoinedAsync(3);
        await using var client = await OrleansClient.StartAsync(account);
        var waits = new ConcurrentBag<TimeSpan>();
        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 64).Select(_ => Task.Run(() => CallAsync(client.Ids, waits, stop.Token))).ToList();
        await Task.Delay(2_000);
        waits.Clear();

        // Paused first, so that requests are in it for certain when it dies.
        pods[1].Process.Pause();
        await Task.Delay(20);
        await pods[1].Process.CrashAsync();
        await Task.Delay(3_000);
        await stop.CancelAsync();
        await Task.WhenAll(callers);

        var ordered = waits.Order().ToList();
        var slow = ordered[ordered.Count * 999 / 1_000];
        output.WriteLine($"{ordered.Count} calls; 99.9 % took at most {slow.TotalMilliseconds:0} ms, all {ordered[^1].TotalMilliseconds:0} ms");
        Assert.InRange(slow.TotalMilliseconds, 0, 250);
    }

    private static async Task CallAsync(IIdGenerator ids, ConcurrentBag<TimeSpan> waits, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            await ids.NextAsync(CancellationToken.None);
            waits.Add(Stopwatch.GetElapsedTime(start));
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Other silos hear a moment later than its own load balancer that a silo is there.</summary>
    private static async Task UntilAnswersAsync(ISnowflakeGrain worker)
    {
        var waited = Stopwatch.StartNew();
        while (await Record.ExceptionAsync(async () => await worker.DescribeAsync()) is { } error)
        {
            if (waited.Elapsed > TimeSpan.FromSeconds(10)) throw new TimeoutException("The worker is not back.", error);
            await Task.Delay(50);
        }
    }
}
