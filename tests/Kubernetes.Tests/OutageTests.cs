using IdGenerator.ApiServer;
using IdGenerator.Leases;

namespace IdGenerator.Kubernetes.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class OutageTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_lease_is_written_over_an_outage_by_the_same_store()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        var store = new KubernetesLeaseStore(client, "ids");
        var before = await store.WriteAsync(0, Records.Any, null, default);

        cluster.StopApiServer();
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.WriteAsync(0, Records.Any, before!.Version, default));
        Assert.False(e.IsFinal);

        await cluster.StartApiServerAsync();
        var after = await store.WriteAsync(0, Records.Any with { Generation = 5 }, before!.Version, default);
        Assert.Equal(5, after!.Record.Generation);
    }
}
