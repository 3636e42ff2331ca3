using IdGenerator.Testing;

namespace IdGenerator.ClientFaults;

/// <summary>
/// Three silos on this host. The first keeps the membership of the others, so trouble is for the third.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const int Silos = 3;

    private readonly int[] _siloPorts = [.. Enumerable.Range(0, Silos).Select(_ => FreePort.Next())];
    private readonly string _space = $"client-{Environment.ProcessId}-{Guid.NewGuid():N}"[..30];
    private readonly ServiceProcess[] _silos = new ServiceProcess[Silos];

    public int[] GatewayPorts { get; } = [.. Enumerable.Range(0, Silos).Select(_ => FreePort.Next())];

    public ServiceProcess Victim => _silos[^1];

    public int VictimSiloPort => _siloPorts[^1];

    public static async Task<Cluster> StartAsync()
    {
        var cluster = new Cluster();
        for (var worker = 0; worker < Silos; worker++) await cluster.StartAsync(worker);
        return cluster;
    }

    public Task StartVictimAsync() => StartAsync(Silos - 1);

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos.Reverse()) await silo.DisposeAsync();
    }

    private async Task StartAsync(int worker)
    {
        _silos[worker] = ServiceProcess.Start(
            "Silo",
            ("WORKER_ID", $"{worker}"),
            ("LEASE_STORE", "memory"),
            ("ID_SPACE", _space),
            ("SILO_PORT", $"{_siloPorts[worker]}"),
            ("GATEWAY_PORT", $"{GatewayPorts[worker]}"),
            ("PRIMARY_SILO_PORT", $"{_siloPorts[0]}"));
        await _silos[worker].ReadyAsync();
    }
}
