using System.Diagnostics;
using IdGenerator.ApiServer;
using IdGenerator.Client;

namespace IdGenerator.SiloCluster.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class CrashTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task After_a_crash_calls_to_that_worker_fail_clearly_until_it_is_back_and_clients_go_on_with_the_others()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var pods = await silos.StartReadyAsync(3);
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
        await silos.Start(pods[1].Pod).ReadyAsync();
        await UntilAnswersAsync(client.Worker(1));

        Assert.Equal("ids-1", (await client.Worker(1).DescribeAsync()).Holder);
        await load.StopAsync();
        Assert.Empty(load.Failures);
        Assert.Equal(load.Ids.Count, load.Ids.Distinct().Count());
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
