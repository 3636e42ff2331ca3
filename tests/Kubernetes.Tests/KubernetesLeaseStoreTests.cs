using System.Text.Json.Nodes;
using IdGenerator.ApiServer;
using IdGenerator.Leases;

namespace IdGenerator.Kubernetes.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class KubernetesLeaseStoreTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_record_is_absent_then_created_then_replaced()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        var store = new KubernetesLeaseStore(client, "ids");
        Assert.Null(await store.ReadAsync(3, default));

        var created = await store.WriteAsync(3, Records.Any, expectedVersion: null, default);
        Assert.Equal(Records.Any, created!.Record);
        Assert.Equal(created, await store.ReadAsync(3, default));

        var next = Records.Any with { ReservedUntil = 90_000_060_000, Generation = 5 };
        var replaced = await store.WriteAsync(3, next, created.Version, default);
        Assert.Equal(next, replaced!.Record);
        Assert.NotEqual(created.Version, replaced.Version);
        Assert.Equal(replaced, await store.ReadAsync(3, default));
        Assert.Null(await store.ReadAsync(4, default));
    }

    [ApiServerFact]
    public async Task A_released_record_keeps_what_the_next_holder_needs()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        var store = new KubernetesLeaseStore(client, "ids");
        var held = await store.WriteAsync(0, Records.Any, null, default);
        var released = Records.Any with { Holder = null, Boot = null };
        await store.WriteAsync(0, released, held!.Version, default);
        Assert.Equal(released, (await store.ReadAsync(0, default))!.Record);
    }

    [ApiServerFact]
    public async Task A_write_over_an_old_version_changes_nothing()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        var (mine, theirs) = (new KubernetesLeaseStore(client, "ids"), new KubernetesLeaseStore(client, "ids"));
        var first = await mine.WriteAsync(0, Records.Any, null, default);
        await theirs.ReadAsync(0, default);
        var second = await theirs.WriteAsync(0, Records.Any with { Generation = 5 }, first!.Version, default);

        Assert.Null(await mine.WriteAsync(0, Records.Any with { Generation = 6 }, first.Version, default));
        Assert.Null(await mine.WriteAsync(0, Records.Any with { Generation = 6 }, null, default));
        Assert.Equal(second, await mine.ReadAsync(0, default));

        var third = await theirs.WriteAsync(0, Records.Any with { Generation = 7 }, second!.Version, default);
        Assert.NotNull(await mine.WriteAsync(0, Records.Any with { Generation = 8 }, third!.Version, default));
    }

    [ApiServerFact]
    public async Task Of_many_that_write_at_once_one_wins()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        var stores = Enumerable.Range(0, 8).Select(_ => new KubernetesLeaseStore(client, "ids")).ToArray();
        string? version = null;
        for (var round = 1; round <= 5; round++)
        {
            var results = await Task.WhenAll(stores.Select((store, i) =>
                store.WriteAsync(0, Records.Any with { Generation = round, Holder = new($"{i}", "u") }, version, default)));
            var winner = Assert.Single(results, result => result is not null);
            Assert.Equal(winner, await stores[0].ReadAsync(0, default));
            version = winner!.Version;
        }
    }

    [ApiServerFact]
    public async Task A_record_that_was_deleted_is_not_brought_back_by_a_replacement()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        var store = new KubernetesLeaseStore(client, "ids");
        var written = await store.WriteAsync(0, Records.Any, null, default);
        await cluster.KubectlAsync("delete", "lease", "ids-worker-0", "-n", account.Namespace);
        Assert.Null(await store.WriteAsync(0, Records.Any, written!.Version, default));
        Assert.Null(await store.ReadAsync(0, default));
    }

    [ApiServerFact]
    public async Task What_others_have_written_into_the_lease_stays()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        var store = new KubernetesLeaseStore(client, "ids");
        await store.WriteAsync(0, Records.Any, null, default);
        await cluster.KubectlAsync("annotate", "lease", "ids-worker-0", "-n", account.Namespace, "example.com/note=keep");
        await cluster.KubectlAsync("label", "lease", "ids-worker-0", "-n", account.Namespace, "team=a");
        await cluster.KubectlAsync("patch", "lease", "ids-worker-0", "-n", account.Namespace, "--type=merge",
            "-p={\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}");
        var seen = await store.ReadAsync(0, default);
        Assert.NotNull(await store.WriteAsync(0, Records.Any with { Generation = 9 }, seen!.Version, default));

        var lease = await LeaseAsync(account, "ids-worker-0");
        Assert.Equal("keep", (string?)lease["metadata"]!["annotations"]!["example.com/note"]);
        Assert.Equal("a", (string?)lease["metadata"]!["labels"]!["team"]);
        Assert.Equal("ids", (string?)lease["metadata"]!["labels"]!["app.kubernetes.io/instance"]);
        Assert.Equal("example.com/hold", (string?)lease["metadata"]!["finalizers"]![0]);
        Assert.Equal("9", (string?)lease["metadata"]!["annotations"]!["id-generator/generation"]);
    }

    [ApiServerFact]
    public async Task Kubectl_shows_holder_duration_times_and_transitions()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        await new KubernetesLeaseStore(client, "ids").WriteAsync(7, Records.Any, null, default);
        var listed = await cluster.KubectlAsync("get", "lease", "-n", account.Namespace);
        Assert.Matches(@"ids-worker-7\s+ids-3\s", listed);
        var spec = (await LeaseAsync(account, "ids-worker-7"))["spec"]!;
        Assert.Equal(60, (int)spec["leaseDurationSeconds"]!);
        Assert.Equal(4, (int)spec["leaseTransitions"]!);
        Assert.Equal("2026-11-21T12:00:00.000000Z", (string?)spec["acquireTime"]);
        Assert.Equal("2026-11-21T12:00:15.000000Z", (string?)spec["renewTime"]);
    }

    [ApiServerFact]
    public async Task A_lease_of_somebody_else_is_not_touched()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        var name = "ids-worker-0";
        await client.CreateAsync(Lease.Resource, new Lease { Metadata = new() { Name = name } }, default);
        var store = new KubernetesLeaseStore(client, "ids");
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(0, default));
        Assert.True(e.IsFinal);
        Assert.Contains(
            $"The Lease {name} in namespace {account.Namespace} is no record of worker ID 0", e.Message, StringComparison.Ordinal);
    }

    [ApiServerTheory]
    [InlineData("get")]
    [InlineData("create")]
    [InlineData("update")]
    public async Task A_role_that_lacks_a_verb_is_told_which(string verb)
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.WorkerWithout(verb));
        using var client = account.Client();
        var store = new KubernetesLeaseStore(client, "ids");
        if (verb == "update") await store.WriteAsync(0, Records.Any, null, default);

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => verb switch
        {
            "get" => store.ReadAsync(0, default),
            "create" => store.WriteAsync(0, Records.Any, null, default),
            _ => ReplaceAsync(store),
        });
        Assert.True(e.IsFinal);
        Assert.Contains($"{verb} leases.coordination.k8s.io", e.Message, StringComparison.Ordinal);
        Assert.Contains($"in namespace {account.Namespace}: the role lacks this verb", e.Message, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task A_namespace_that_is_not_there_is_final()
    {
        var config = KubernetesConfig.Load(name => name == "KUBECONFIG" ? cluster.AdminKubeConfig : null);
        using var client = new KubernetesClient(config with { Namespace = "gone" }, new(), TimeProvider.System, new Retries());
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() =>
            new KubernetesLeaseStore(client, "ids").WriteAsync(0, Records.Any, null, default));
        Assert.True(e.IsFinal);
        Assert.Contains("no namespace gone", e.Message, StringComparison.Ordinal);
    }

    private static async Task<StoredLease?> ReplaceAsync(KubernetesLeaseStore store)
    {
        var found = await store.ReadAsync(0, default);
        return await store.WriteAsync(0, Records.Any, found!.Version, default);
    }

    private async Task<JsonNode> LeaseAsync(ServiceAccount account, string name) =>
        JsonNode.Parse(await cluster.KubectlAsync("get", "lease", name, "-n", account.Namespace, "-o", "json"))!;
}
