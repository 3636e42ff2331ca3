using IdGenerator.Testing;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Each assault on a process of its own: gateway and silo, with the fast path and without, in containers of a size.</summary>
internal sealed class Battery(Report report, IReadOnlyCollection<int> containers)
{
    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(1);
    private const int MostLines = 20;

    public async Task RunAsync()
    {
        foreach (var container in containers)
        foreach (var program in (string[])["Gateway", "Silo"])
        foreach (var fastPath in (string[])["on", "off"])
        foreach (var assault in Assault.All)
            await RunAsync(assault, program, fastPath, container);
    }

    private async Task RunAsync(Assault assault, string program, string fastPath, int container)
    {
        var what = $"{assault.What}: {program}, {container} MiB, fast path {fastPath}";
        try
        {
            // What .NET finds out by itself in a container: three quarters of its memory.
            await using var service = await ServiceProcess.Start(
                program, ("WORKER_ID", "1"), ("LEASE_STORE", "memory"), ("Gateway__FastPath", fastPath),
                ("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{FreePort.Next()}"),
                ("DOTNET_GCHeapHardLimit", $"{(long)container * 3 / 4 << 20:X}")).ReadyAsync();
            await RunAsync(assault, service, what, container);
        }
        catch (TimeoutException e)
        {
            report.Check(what, false, e.Message);
        }
    }

    private async Task RunAsync(Assault assault, ServiceProcess service, string what, int container)
    {
        var server = Target.Local(service);
        var linesBefore = Lines(service);
        Bystander[] bystanders = [new(server, "/id"), new(server, "/health/live")];
        var done = await assault.Run(server);
        foreach (var bystander in bystanders) await bystander.StopAsync();

        if (service.HasExited)
        {
            report.Check(what, false, $"{done}; ended: {service.Output.Split('\n').LastOrDefault()} {service.Errors.Split('\n').LastOrDefault()}");
            return;
        }

        var peak = Target.PeakMegabytes(service.Id);
        var lines = Lines(service) - linesBefore;
        var failures = bystanders.SelectMany(bystander => bystander.Failures).ToList();
        report.Check(
            what,
            peak < container && lines <= MostLines && failures.Count == 0 && bystanders.All(bystander => bystander.Slowest < MostWait),
            $"{done}; peak {peak} MiB; {string.Join(", ", bystanders.Select(Describe))}; {lines} log lines" +
            (failures.Count > 0 ? $"; {failures.Count} failures: {string.Join("; ", failures.Distinct().Take(3))}" : ""));
    }

    private static string Describe(Bystander bystander) =>
        $"{bystander.Path} {bystander.Answers} answers, slowest {bystander.Slowest.TotalMilliseconds:0} ms";

    private static int Lines(ServiceProcess service) => service.Output.Count(letter => letter == '\n');
}
