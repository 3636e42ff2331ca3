using System.Text.Json.Nodes;
using IdGenerator.ApiServer;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.LeaseStores;

namespace IdGenerator.Kubernetes.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class KubernetesLeaseStoreTests(ControlPlane cluster) : LeaseStoreContract, IDisposable
{
    private readonly List<KubernetesClient> _clients = [];
    private ServiceAccount? _account;

    [ApiServerFact]
    public override Task There_is_no_record_before_the_first_write() => base.There_is_no_record_before_the_first_write();

    [ApiServerFact]
    public override Task What_was_written_is_read_back_whole() => base.What_was_written_is_read_back_whole();

    [ApiServerFact]
    public override Task A_write_over_an_old_version_changes_nothing() => base.A_write_over_an_old_version_changes_nothing();

    [ApiServerFact]
    public override Task Of_many_that_write_at_once_at_most_one_wins() => base.Of_many_that_write_at_once_at_most_one_wins();

    [ApiServerFact]
    public override Task A_record_that_was_deleted_is_not_brought_back_by_a_replacement() =>
        base.A_record_that_was_deleted_is_not_brought_back_by_a_replacement();

    [ApiServerFact]
    public async Task Workers_have_records_of_their_own()
    {
        using var client = (await cluster.CreateServiceAccountAsync()).Client();
        await new KubernetesLeaseStore(client, "ids", 3).WriteAsync(Records.Any, null, default);

        Assert.Null(await new KubernetesLeaseStore(client, "ids", 4).ReadAsync(default));
    }

    [ApiServerFact]
    public async Task What_others_have_written_into_the_lease_stays()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        var store = new KubernetesLeaseStore(client, "ids", 0);
        await store.WriteAsync(Records.Any, null, default);
        await cluster.KubectlAsync("annotate", "lease", "ids-worker-0", "-n", account.Namespace, "example.com/note=keep");
        await cluster.KubectlAsync("label", "lease", "ids-worker-0", "-n", account.Namespace, "team=a");
        await cluster.KubectlAsync("patch", "lease", "ids-worker-0", "-n", account.Namespace, "--type=merge",
            "-p={\"metadata\":{\"finalizers\":[\"example.com/hold\"]}}");
        var seen = await store.ReadAsync(default);
        Assert.NotNull(await store.WriteAsync(Records.Any with { Generation = 9 }, seen!.Version, default));

        var lease = await LeaseAsync(account, "ids-worker-0");
        Assert.Equal("keep", (string?)lease["metadata"]!["annotations"]!["example.com/note"]);
        Assert.Equal("a", (string?)lease["metadata"]!["labels"]!["team"]);
        Assert.Equal("ids", (string?)lease["metadata"]!["labels"]!["id-generator/release"]);
        Assert.Equal("example.com/hold", (string?)lease["metadata"]!["finalizers"]![0]);
        Assert.Equal("9", (string?)lease["metadata"]!["annotations"]!["id-generator/generation"]);
    }

    [ApiServerFact]
    public async Task A_note_leaves_the_record_as_it_is_and_every_later_write_goes_with_it()
    {
        using var client = (await cluster.CreateServiceAccountAsync(RoleRule.Silo)).Client();
        var store = new KubernetesLeaseStore(client, "ids", 3);
        var written = await store.WriteAsync(Records.Any, null, default);
        Assert.True(await store.NoteAsync(Note("a", 7), default));
        Assert.True(await store.NoteAsync(Note("b", 5), default));

        // The holder knows of no note: it expects the version that it has written.
        Assert.Equal(Records.Any, (await store.ReadAsync(default))!.Record);
        Assert.NotNull(await store.WriteAsync(Records.Any with { Writes = 7 }, written!.Version, default));

        var silo = Assert.Single(await ReleaseLeases.ReadAsync(client, "ids", cached: false, default));
        // No version that was announced once is forgotten.
        Assert.Equal(("b", 7, 4L), (silo.Note!.Row, silo.Version, silo.Generation));
    }

    [ApiServerFact]
    public async Task A_note_gives_nobody_a_write_over_what_another_process_has_written()
    {
        using var client = (await cluster.CreateServiceAccountAsync(RoleRule.Silo)).Client();
        var (former, next) = (new KubernetesLeaseStore(client, "ids", 3), new KubernetesLeaseStore(client, "ids", 3));
        var written = await former.WriteAsync(Records.Any, null, default);
        Assert.True(await former.NoteAsync(Note("a", 7), default));
        var taken = Records.Any with { Holder = new("other", "other"), Generation = 5 };
        Assert.NotNull(await next.WriteAsync(taken, (await next.ReadAsync(default))!.Version, default));

        Assert.Null(await former.WriteAsync(Records.Any, written!.Version, default));
        Assert.False(await former.NoteAsync(Note("b", 8), default));

        // And the note of the former holder is not the next one's.
        var silo = Assert.Single(await ReleaseLeases.ReadAsync(client, "ids", cached: false, default));
        Assert.Null(silo.Note);
        Assert.Equal((7, 5L), (silo.Version, silo.Generation));
        Assert.Equal(taken, (await next.ReadAsync(default))!.Record);
    }

    [ApiServerFact]
    public async Task A_lease_that_was_deleted_comes_back_with_its_note_and_one_that_was_given_back_has_none()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        using var client = account.Client();
        var store = new KubernetesLeaseStore(client, "ids", 3);
        Assert.False(await store.NoteAsync(Note("a", 7), default));
        await store.WriteAsync(Records.Any, null, default);
        await store.NoteAsync(Note("a", 7), default);
        await cluster.KubectlAsync("delete", "lease", "ids-worker-3", "-n", account.Namespace);
        await Assert.ThrowsAsync<LeaseStoreException>(() => store.NoteAsync(Note("b", 8), default));
        var written = await store.WriteAsync(Records.Any, null, default);
        Assert.Equal("b", Assert.Single(await ReleaseLeases.ReadAsync(client, "ids", cached: false, default)).Note!.Row);

        await store.WriteAsync(Records.Any with { Holder = null }, written!.Version, default);
        Assert.Null(Assert.Single(await ReleaseLeases.ReadAsync(client, "ids", cached: false, default)).Note);
        Assert.False(await store.NoteAsync(Note("c", 9), default));
    }

    [ApiServerFact]
    public async Task A_lease_of_an_earlier_release_loses_the_labels_of_tools_with_its_next_write()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        var store = new KubernetesLeaseStore(client, "ids", 3);
        await store.WriteAsync(Records.Any, null, default);
        await cluster.KubectlAsync(
            "label", "lease", "ids-worker-3", "-n", account.Namespace,
            "id-generator/release-", "app.kubernetes.io/name=id-generator", "app.kubernetes.io/instance=ids", "team=a");
        await store.WriteAsync(Records.Any, (await store.ReadAsync(default))!.Version, default);

        var listed = await cluster.KubectlAsync(
            "get", "lease", "-n", account.Namespace, "-o", "name", "-l", "id-generator/release=ids,!app.kubernetes.io/instance,team=a");
        Assert.Equal("lease.coordination.k8s.io/ids-worker-3", listed.Trim());
    }

    private static SiloNote Note(string row, int version) => new(row, version, new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc));

    [ApiServerFact]
    public async Task Kubectl_shows_holder_duration_times_and_transitions()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        await new KubernetesLeaseStore(client, "ids", 7).WriteAsync(Records.Any, null, default);
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
        var store = new KubernetesLeaseStore(client, "ids", 0);
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
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
        var store = new KubernetesLeaseStore(client, "ids", 0);
        if (verb == "update") await store.WriteAsync(Records.Any, null, default);

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => verb switch
        {
            "get" => store.ReadAsync(default),
            "create" => store.WriteAsync(Records.Any, null, default),
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
            new KubernetesLeaseStore(client, "ids", 0).WriteAsync(Records.Any, null, default));
        Assert.True(e.IsFinal);
        Assert.Contains("no namespace gone", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
    }

    protected override async Task<ILeaseStore> OpenAsync()
    {
        _account ??= await cluster.CreateServiceAccountAsync();
        _clients.Add(_account.Client());
        return new KubernetesLeaseStore(_clients[^1], "ids", 0);
    }

    protected override async Task<ILeaseStore> DeleteAsync(ILeaseStore store)
    {
        await cluster.KubectlAsync("delete", "lease", "ids-worker-0", "-n", _account!.Namespace);
        return store;
    }

    private static async Task<StoredLease?> ReplaceAsync(KubernetesLeaseStore store)
    {
        var found = await store.ReadAsync(default);
        return await store.WriteAsync(Records.Any, found!.Version, default);
    }

    private async Task<JsonNode> LeaseAsync(ServiceAccount account, string name) =>
        JsonNode.Parse(await cluster.KubectlAsync("get", "lease", name, "-n", account.Namespace, "-o", "json"))!;
}
