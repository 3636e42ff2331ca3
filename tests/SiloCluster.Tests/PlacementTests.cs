using System.Collections.Concurrent;
using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class PlacementTests(ControlPlane cluster)
{
    private const int Workers = 3;

    [ApiServerFact]
    public async Task Each_grain_lives_on_the_silo_of_its_worker_whichever_silo_is_called()
    {
        await using var silos = new SiloPods(await cluster.CreateServiceAccountAsync(RoleRule.Silo));
        var pods = await silos.StartJoinedAsync(Workers);
        var clients = await Task.WhenAll(pods.Select(pod => OrleansClient.StartAsync(pod.Pod)));
        var ids = new ConcurrentBag<(int Worker, long Slot)>();
        var holders = new ConcurrentBag<(int Asked, int Worker, string Holder)>();

        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) =>
        {
            var worker = Random.Shared.Next(Workers);
            var grain = clients[Random.Shared.Next(clients.Length)].Worker(worker);
            var reservation = await grain.ReserveAsync(1, since: null);
            Assert.Null(reservation.Refusal);
            ids.Add((worker, reservation.First));
            var description = await grain.DescribeAsync();
            holders.Add((worker, description.Worker, description.Holder));
        });

        Assert.Equal(
            Enumerable.Range(0, Workers).Select(worker => (worker, worker, pods[worker].Pod.Name)),
            holders.Distinct().Order());
        Assert.Equal(10_000, ids.Distinct().Count());
        foreach (var client in clients) await client.DisposeAsync();
    }
}
