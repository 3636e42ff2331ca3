using System.Text.Json.Nodes;
using IdGenerator.ApiServer;
using IdGenerator.KubernetesLeases;
using IdGenerator.LeaseStores;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>
/// Of a release <c>ids</c> whose Role names the Leases of the worker IDs 3 and 4, and whose StatefulSet, Role and RoleBinding have the name of the service account. This
/// API server has no garbage collector: what a deleted object owns is left there.
/// </summary>
[Collection(ApiServerCollection.Name)]
public sealed class ChartRightsTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task The_last_pod_of_a_release_that_is_gone_removes_the_service_account_which_owns_the_role_and_its_binding()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        using var client = account.Client();
        await NameLeasesAsync(account);
        var uid = (string?)(await FindAsync(account, "serviceaccount"))!["metadata"]!["uid"];

        Assert.True(await new ChartRights(client, new(account.Name, account.Name)).RemoveIfLastAsync(default));

        Assert.Null(await FindAsync(account, "serviceaccount"));
        foreach (var kind in new[] { "role", "rolebinding" })
            Assert.Equal(uid, (string?)(await FindAsync(account, kind))!["metadata"]!["ownerReferences"]![0]!["uid"]);
    }

    [ApiServerFact]
    public async Task A_service_account_that_is_not_the_charts_stays_and_the_role_goes()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        using var client = account.Client();
        await NameLeasesAsync(account);
        var uid = (string?)(await FindAsync(account, "role"))!["metadata"]!["uid"];

        Assert.True(await new ChartRights(client, new(account.Name, ServiceAccount: null)).RemoveIfLastAsync(default));

        Assert.NotNull(await FindAsync(account, "serviceaccount"));
        Assert.Null(await FindAsync(account, "role"));
        Assert.Equal(uid, (string?)(await FindAsync(account, "rolebinding"))!["metadata"]!["ownerReferences"]![0]!["uid"]);
    }

    [ApiServerFact]
    public async Task While_another_pod_holds_its_worker_id_nothing_is_removed()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        using var client = account.Client();
        await new KubernetesLeaseStore(client, "ids", 4).WriteAsync(Records.Any, null, default);
        await NameLeasesAsync(account);

        Assert.False(await new ChartRights(client, new(account.Name, account.Name)).RemoveIfLastAsync(default));
        await AllIsThereAsync(account);
    }

    [ApiServerFact]
    public async Task While_the_stateful_set_is_there_nothing_is_removed()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        using var client = account.Client();
        await NameLeasesAsync(account);
        await cluster.KubectlAsync("create", "-n", account.Namespace, "--filename", StatefulSet(account));

        Assert.False(await new ChartRights(client, new(account.Name, account.Name)).RemoveIfLastAsync(default));
        await AllIsThereAsync(account);
    }

    private async Task NameLeasesAsync(ServiceAccount account) => await cluster.KubectlAsync(
        "patch", "role", account.Name, "-n", account.Namespace, "--type=json",
        """-p=[{"op":"add","path":"/rules/0/resourceNames","value":["ids-worker-3","ids-worker-4"]}]""");

    private async Task AllIsThereAsync(ServiceAccount account)
    {
        foreach (var kind in new[] { "serviceaccount", "role", "rolebinding" })
        {
            var found = await FindAsync(account, kind);
            Assert.NotNull(found);
            Assert.Null(found["metadata"]!["ownerReferences"]);
        }
    }

    private async Task<JsonNode?> FindAsync(ServiceAccount account, string kind)
    {
        var found = await cluster.KubectlAsync("get", kind, account.Name, "-n", account.Namespace, "--ignore-not-found", "-o", "json");
        return found.Length == 0 ? null : JsonNode.Parse(found);
    }

    private static string StatefulSet(ServiceAccount account)
    {
        var path = Path.Combine(account.Directory, "statefulset.yaml");
        File.WriteAllText(path, $"""
            apiVersion: apps/v1
            kind: StatefulSet
            metadata:
              name: {account.Name}
            spec:
              serviceName: ids
              selector:
                matchLabels: &labels
                  app: ids
              template:
                metadata:
                  labels: *labels
                spec:
                  containers:
                    - name: ids
                      image: none
            """);
        return path;
    }
}
