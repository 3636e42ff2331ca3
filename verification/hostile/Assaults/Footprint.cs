using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Hostile.Assaults;

/// <summary>The memory that a process takes, and the kernel for its connections: a container's limit counts both.</summary>
internal sealed partial class Footprint
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ServiceProcess _service;
    private readonly Task _watching;
    private volatile bool _isStopped;

    public Footprint(ServiceProcess service)
    {
        _service = service;
        AtRest = Mebibytes("VmRSS:");
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>MiB of the process before anything was done to it.</summary>
    public double AtRest { get; }

    /// <summary>The most MiB of the process.</summary>
    public double Peak { get; private set; }

    /// <summary>The most MiB of the kernel's for the connections of its HTTP port.</summary>
    public double KernelPeak { get; private set; }

    public async Task StopAsync()
    {
        _isStopped = true;
        await _watching;
        if (!_service.HasExited) Peak = Mebibytes("VmHWM:");
    }

    private async Task WatchAsync()
    {
        while (!_isStopped)
        {
            KernelPeak = Math.Max(KernelPeak, await KernelAsync() / (1 << 20));
            await Task.Delay(Interval);
        }
    }

    private double Mebibytes(string field) => double.Parse(
        File.ReadLines($"/proc/{_service.Id}/status").Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..^2],
        CultureInfo.InvariantCulture) / 1_024;

    // ss(8), --memory: what is received and not read, what is to be sent, what is set aside for either, what is not accepted.
    private async Task<double> KernelAsync()
    {
        using var ss = Process.Start(new ProcessStartInfo("ss", ["-tmnOH", "sport", "=", $":{_service.Port}"]) { RedirectStandardOutput = true })!;
        var sockets = await ss.StandardOutput.ReadToEndAsync();
        await ss.WaitForExitAsync();
        return SocketMemory().Matches(sockets).Sum(socket => socket.Groups.Values.Skip(1)
            .Sum(bytes => double.Parse(bytes.Value, CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"skmem:\(r(\d+),rb\d+,t\d+,tb\d+,f(-?\d+),w(\d+),o\d+,bl(\d+)")]
    private static partial Regex SocketMemory();
}
