using System.Globalization;
using System.Net;
using IdGenerator.Testing;

namespace IdGenerator.Hostile;

/// <summary>The service that is asked: one that runs already, or a process of our own and its twin without the fast path.</summary>
internal sealed class Target : IAsyncDisposable
{
    /// <summary>The chart's memory limit.</summary>
    private const int MostMegabytes = 512;

    // What the programs take in a container: half of its memory, in hexadecimal.
    private static readonly (string, string) HeapLimit = ("DOTNET_GCHeapHardLimit", $"{MostMegabytes / 2 << 20:X}");

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

    /// <summary>What can be seen of the processes from outside: they run, how large they were, what they said.</summary>
    public void Examine(Report report)
    {
        if (_processes.Count == 0) return;
        var ended = _processes.Count(process => process.HasExited);
        report.Check("the processes run", ended == 0, $"{_processes.Count - ended} of {_processes.Count}");
        if (!_processes[0].HasExited)
        {
            var peak = PeakMegabytes(_processes[0].Id);
            report.Check("memory is bounded", peak < MostMegabytes, $"{peak} MiB at most, {MostMegabytes} MiB allowed");
        }

        var complaints = Complaints().ToList();
        report.Check("the log has no failures", complaints.Count == 0, complaints.Count == 0 ? "none" : string.Join('\n', complaints.Take(3)));
    }

    public static int PeakMegabytes(int process) => int.Parse(
        File.ReadLines($"/proc/{process}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))[6..^2],
        CultureInfo.InvariantCulture) / 1_024;

    private IEnumerable<string> Complaints() => _processes
        .SelectMany(process => $"{process.Output}\n{process.Errors}".Split('\n'))
        .Where(line => line.Contains("fail:", StringComparison.Ordinal) || line.Contains("crit:", StringComparison.Ordinal)
            || line.Contains("nhandled", StringComparison.Ordinal));

    public static Task<ServiceProcess> StartProcessAsync(params (string, string)[] variables) =>
        ServiceProcess.Start("Gateway", [("WORKER_ID", "1"), ("LEASE_STORE", "memory"), HeapLimit, .. variables]).ReadyAsync();

    public static IPEndPoint Local(ServiceProcess process) => new(IPAddress.Loopback, process.Port);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes) await process.DisposeAsync();
    }
}
