using IdGenerator.ApiServer;
using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>Silos of one cluster: as the chart's StatefulSet starts them, in one namespace of a real API server; or over another store.</summary>
/// <param name="store">Where they keep leases and membership: variables of their environment.</param>
internal sealed class SiloPods(IReadOnlyList<(string Name, string Value)> store) : IAsyncDisposable
{
    public SiloPods(ServiceAccount account)
        : this([.. account.Environment.Select(variable => (variable.Key, variable.Value)), ("LEASE_STORE", "kubernetes"), ("CLUSTERING", "kubernetes")])
    {
    }

    public const string Release = "ids";
    public const int DrainSeconds = 2;

    private readonly List<ServiceProcess> _started = [];

    /// <summary>Pods of the workers 0, 1, 2, …: all started at once, all members of their cluster.</summary>
    public async Task<(Pod Pod, ServiceProcess Process)[]> StartJoinedAsync(int count)
    {
        var pods = Enumerable.Range(0, count).Select(worker => Pod.Of(worker)).Select(pod => (pod, Start(pod))).ToArray();
        await Task.WhenAll(pods.Select(pod => pod.Item2.JoinedAsync()));
        return pods;
    }

    /// <summary>Starts the pod's container, with a short lease: these tests wait for real time to pass.</summary>
    public ServiceProcess Start(Pod pod, params (string, string)[] variables)
    {
        var process = ServiceProcess.Start("Silo",
        [
            .. store,
            ("WORKER_ID", $"{pod.Worker}"),
            ("POD_NAME", pod.Name),
            ("POD_UID", pod.Uid),
            ("POD_IP", "127.0.0.1"),
            ("RELEASE_NAME", Release),
            ("SILO_PORT", $"{pod.SiloPort}"),
            ("GATEWAY_PORT", $"{pod.GatewayPort}"),
            ("Lease__ReserveSeconds", "6"),
            ("Lease__RenewSeconds", "2"),
            ("Gateway__DrainSeconds", $"{DrainSeconds}"),
            .. variables,
        ]);
        _started.Add(process);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _started) await process.DisposeAsync();
    }
}
