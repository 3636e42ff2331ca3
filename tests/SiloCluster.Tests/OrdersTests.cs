using System.Net;
using System.Text.Json;
using IdGenerator.ApiServer;
using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>The sample that people copy, as it runs in a pod: one call sets it up, and it finds the silos through the API server.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class OrdersTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_service_in_a_pod_takes_IDs_from_the_silos_of_the_release_that_it_names()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        await silos.StartJoinedAsync(2);

        await using var orders = await ServiceProcess.Start(
            "Orders",
            [.. account.Environment.Select(variable => (variable.Key, variable.Value)), ("IdGenerator__ClusterId", SiloPods.Release)]).ReadyAsync();
        var workers = new HashSet<int>();
        var ids = new HashSet<string>();
        for (var order = 0; order < 200 || workers.Count < 2; order++)
        {
            using var created = await orders.Client.PostAsync(new Uri("/orders/tea", UriKind.Relative), content: null);
            Assert.Equal(HttpStatusCode.Created, created.StatusCode);
            var id = JsonDocument.Parse(await created.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString()!;
            workers.Add(new SnowflakeId(long.Parse(id)).Worker);
            Assert.True(ids.Add(id));
            Assert.InRange(order, 0, 100_000);
        }

        Assert.Equal([0, 1], workers.Order());
    }
}
