using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class RollingRestartTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_rolling_restart_fails_no_call_of_a_client_loses_no_request_and_repeats_no_id()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var pods = await silos.StartJoinedAsync(3);
        await using var client = await OrleansClient.StartAsync(account);
        await using var calls = new ClientLoad(client.Ids);
        await using var requests = new LoadBalancer(pods.Select(pod => pod.Process));

        // Last first, each when the one before is ready: as a StatefulSet does. The new pod has another UID and address.
        foreach (var (pod, old) in pods.Reverse())
        {
            old.Terminate();
            Assert.Equal(0, await old.ExitAsync());
            var replacement = silos.Start(Pod.Of(pod.Worker));
            requests.Replace(old, replacement);
            await replacement.ReadyAsync();
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        await calls.StopAsync();
        await requests.StopAsync();
        Assert.Empty(calls.Failures);
        Assert.InRange(calls.LongestWait.TotalSeconds, 0, 5);
        Assert.Empty(requests.Lost);
        var ids = calls.Ids.Concat(requests.Ids).ToList();
        Assert.True(calls.Ids.Count > 10_000 && requests.Ids.Count > 1_000, $"{calls.Ids.Count}, {requests.Ids.Count}");
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
