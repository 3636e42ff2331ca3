using System.Net;
using IdGenerator.Testing;

namespace IdGenerator.Hostile;

/// <summary>The service that is asked: one that runs already, or a process of our own and its twin without the fast path.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly List<ServiceProcess> _processes;

    private Target(params List<ServiceProcess> processes) => _processes = processes;

    public required IPEndPoint Server { get; init; }

    /// <summary>Null where the service runs already.</summary>
    public IPEndPoint? Twin { get; private init; }

    /// <summary>Null where the service runs already.</summary>
    public ServiceProcess? Process => _processes.FirstOrDefault();

    public static async Task<Target> StartAsync(Options options)
    {
        if (options.Url is { } url) return new() { Server = url };
        var service = await StartProcessAsync();
        var twin = await StartProcessAsync(("Gateway__FastPath", "off"));
        return new(service, twin) { Server = Local(service), Twin = Local(twin) };
    }

    /// <summary>What the processes have said of failures of their own.</summary>
    public IEnumerable<string> Complaints() => _processes
        .SelectMany(process => $"{process.Output}\n{process.Errors}".Split('\n'))
        .Where(line => line.Contains("fail:", StringComparison.Ordinal) || line.Contains("crit:", StringComparison.Ordinal)
            || line.Contains("nhandled", StringComparison.Ordinal));

    public static Task<ServiceProcess> StartProcessAsync(params (string, string)[] variables) =>
        ServiceProcess.Start("Gateway", [("WORKER_ID", "1"), ("LEASE_STORE", "memory"), .. variables]).ReadyAsync();

    public static IPEndPoint Local(ServiceProcess process) => new(IPAddress.Loopback, process.Port);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
    }
}
