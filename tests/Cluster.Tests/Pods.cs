using IdGenerator.ApiServer;
using IdGenerator.Testing;

namespace IdGenerator.Cluster.Tests;

/// <summary>Processes as a StatefulSet would start them, in one namespace of a real API server.</summary>
internal sealed class Pods(ServiceAccount account) : IAsyncDisposable
{
    public const int ReserveSeconds = 6;
    public const int RenewSeconds = 2;

    private readonly List<ServiceProcess> _started = [];

    /// <summary>Starts a process of its own pod, with a short lease: these tests wait for real time to pass.</summary>
    public ServiceProcess Start(int worker, string podName, params (string, string)[] variables)
    {
        var service = ServiceProcess.Start("Gateway",
        [
            .. account.Environment.Select(variable => (variable.Key, variable.Value)),
            ("WORKER_ID", $"{worker}"),
            ("POD_NAME", podName),
            ("POD_UID", $"{Guid.NewGuid()}"),
            ("RELEASE_NAME", "ids"),
            ("Lease__ReserveSeconds", $"{ReserveSeconds}"),
            ("Lease__RenewSeconds", $"{RenewSeconds}"),
            .. variables,
        ]);
        _started.Add(service);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started) await service.DisposeAsync();
    }
}
