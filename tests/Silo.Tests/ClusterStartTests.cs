using IdGenerator.ApiServer;
using IdGenerator.Kubernetes;
using Xunit.Abstractions;

namespace IdGenerator.Silo.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class ClusterStartTests(ControlPlane cluster, ITestOutputHelper output)
{
    private const int Count = 30;

    [Fact]
    public async Task Thirty_silos_that_start_at_once_find_each_other()
    {
        await using var server = await FakeApiServer.StartAsync();
        await StartAsync(server.Client);
    }

    [ApiServerFact]
    public async Task Thirty_silos_that_start_at_once_find_each_other_through_a_real_api_server()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await StartAsync(account.Client);
    }

    private async Task StartAsync(Func<KubernetesClient> client)
    {
        using var observer = client();
        var tables = KubernetesTables.In(observer);
        await using var silos = new LocalSilos(Count, client, tables);
        var start = TimeProvider.System.GetTimestamp();
        await silos.StartAsync();
        await silos.UntilAllSeeAllAsync();
        output.WriteLine(
            $"{Count} silos see each other after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s, " +
            $"{tables.Conflicts} conflicting writes");
        var members = (await tables.New().ReadAllAsync()).Members;
        Assert.Equal(Count, members.Count);
        Assert.All(members, member => Assert.Equal(SiloStatus.Active, member.Item1.Status));
        await silos.StopAsync();
        members = (await tables.New().ReadAllAsync()).Members;
        Assert.All(members, member => Assert.Equal(SiloStatus.Dead, member.Item1.Status));
    }
}
