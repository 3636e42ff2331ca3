using System.Text.Json.Nodes;
using IdGenerator.ApiServer;

namespace IdGenerator.Faults;

/// <summary>A real API server on etcd, behind proxies.</summary>
internal sealed class KubernetesStore(Invariants invariants) : SharedStore
{
    private readonly ControlPlane _control = new();
    private ApiServerClient? _client;
    private ApiProxies? _proxies;
    private LeaseObjects _leases = null!;

    public override async Task StartAsync(IReadOnlyList<Worker> workers)
    {
        await _control.InitializeAsync();
        // Somebody deletes leases; no worker does.
        var account = await _control.CreateServiceAccountAsync(
            [.. RoleRule.Silo, new RoleRule("coordination.k8s.io", "leases", "delete")]);
        _client = new(_control);
        _leases = new(_client, account);
        _proxies = new(_client, workers.SelectMany(worker => worker.Places), invariants, () => Trouble);
        await _proxies.StartAsync();
        foreach (var worker in workers) worker.WriteKubeConfigs(account.Namespace, account.Token);
    }

    public override IEnumerable<(string, string)> Variables(Worker worker, Place place) =>
    [
        ("LEASE_STORE", worker.Disk is null ? "kubernetes" : "file"),
        ("KUBECONFIG", worker.KubeConfig(place)),
        ("CLUSTERING", worker.IsSilo ? "kubernetes" : ""),
    ];

    public override ApiTrouble CutOff(Place place) => _proxies!.CutOff(place);

    public override void Reconnect(Place place) => _proxies!.Reconnect(place);

    public override void Fail() => _control.StopApiServer();

    public override Task RecoverAsync() => _control.StartApiServerAsync();

    public override Task<JsonNode?> GetAsync(Worker worker) => _leases.GetAsync(worker);

    public override Task<bool> DeleteAsync(Worker worker) => _leases.DeleteAsync(worker);

    public override Task<bool> RestoreAsync(Worker worker, JsonNode lease) => _leases.RestoreAsync(worker, lease);

    public override long ReservedUntil(JsonNode lease) => LeaseObjects.ReservedUntil(lease);

    public override string HolderOf(JsonNode lease) =>
        (string?)lease["metadata"]?["annotations"]?["id-generator/holder-uid"] + lease["metadata"]?["annotations"]?["id-generator/generation"];

    public override async ValueTask DisposeAsync()
    {
        if (_proxies is not null) await _proxies.DisposeAsync();
        _client?.Dispose();
        await _control.DisposeAsync();
    }
}
