using IdGenerator.ApiServer;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.LeaseStores;

namespace IdGenerator.Kubernetes.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class OutageTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_lease_is_written_over_an_outage_by_the_same_store()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        var store = new KubernetesLeaseStore(client, "ids", 0);
        var before = await store.WriteAsync(Records.Any, null, default);

        cluster.StopApiServer();
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.WriteAsync(Records.Any, before!.Version, default));
        Assert.False(e.IsFinal);

        await cluster.StartApiServerAsync();
        var after = await store.WriteAsync(Records.Any with { Generation = 5 }, before!.Version, default);
        Assert.Equal(5, after!.Record.Generation);
    }
}
