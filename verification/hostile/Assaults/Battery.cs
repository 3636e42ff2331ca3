using System.Diagnostics;
using System.Net;
using IdGenerator.Hostile.ClientPort;
using IdGenerator.Hostile.Wire;
using IdGenerator.Testing;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Each assault on a process of its own, in a container of the size that the budget is for.</summary>
internal sealed class Battery(Report report)
{
    private const int MostLines = 20;

    private TimeSpan _mostWait;
    private int _seconds;

    // Those of the budget: of a gateway, and of a silo.
    private static readonly (string Program, int Container)[] Programs =
        [("Gateway", Budget.Containers[0]), ("Silo", Budget.Containers[1])];

    /// <summary>On gateway and silo, with the fast path and without: a quarter of an hour.</summary>
    public async Task RunAllAsync(string only)
    {
        (_mostWait, _seconds) = (TimeSpan.FromSeconds(1), 10);
        foreach (var (program, container) in Programs)
            foreach (var fastPath in (string[])["on", "off"])
                await RunAsync(program, fastPath, container, assault => assault.What.Contains(only, StringComparison.Ordinal));
    }

    /// <summary>Those on the port for HTTP, on a service that runs already. Its memory and its log are for others to look at.</summary>
    public async Task RunOnAsync(IPEndPoint server, string only)
    {
        (_mostWait, _seconds) = (TimeSpan.FromSeconds(5), 10);
        await WarmUpAsync(server);
        foreach (var assault in Assault.All.Where(assault => !assault.IsOnClientPort && assault.What.Contains(only, StringComparison.Ordinal)))
        {
            var (done, bystanders) = await LetAsync(assault, server, clients: null);
            report.Check(assault.What, IsServed(bystanders), $"{done}; {Describe(bystanders)}");
        }
    }

    /// <summary>
    /// Each of them once and briefly, the largest one on both programs: on a machine that may do other things too.
    /// </summary>
    public async Task RunSomeAsync()
    {
        (_mostWait, _seconds) = (TimeSpan.FromSeconds(5), 4);
        await RunAsync("Gateway", "on", Programs[0].Container, _ => true);
        await RunAsync("Silo", "off", Programs[1].Container, assault => assault.IsOnClientPort || assault.What == Assault.Largest);
    }

    private async Task RunAsync(string program, string fastPath, int container, Func<Assault, bool> isWanted)
    {
        foreach (var assault in Assault.All.Where(isWanted))
            // The fast path is one of HTTP.
            if (!assault.IsOnClientPort || (program, fastPath) == ("Silo", "off")) await RunAsync(assault, program, fastPath, container);
    }

    private async Task RunAsync(Assault assault, string program, string fastPath, int container)
    {
        var what = $"{assault.What}: {program}, {container} MiB, fast path {fastPath}";
        using var scratch = new Scratch();
        var clientPort = FreePort.Next();
        // A record in a file, renewed each second, and three seconds without a renewal end the IDs: a store that finds no file
        // descriptor is seen. The heap limit is what the programs take in a container: half of its memory.
        (string, string)[] variables =
        [
            ("WORKER_ID", "1"), ("LEASE_STORE", "file"), ("Lease__RenewSeconds", "1"), ("Lease__ReserveSeconds", "3"),
            ("Gateway__FastPath", fastPath), ("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{clientPort}"),
            ("DOTNET_GCHeapHardLimit", $"{(long)container / 2 << 20:X}"), .. scratch.Variables,
        ];
        try
        {
            await using var service = await ServiceProcess.StartUnder(Limit(assault, program), program, variables).ReadyAsync();
            await RunAsync(assault, service, clientPort, what, container);
        }
        catch (TimeoutException e)
        {
            report.Check(what, false, e.Message);
        }
    }

    private async Task RunAsync(Assault assault, ServiceProcess service, int clientPort, string what, int container)
    {
        var server = Target.Local(service);
        await WarmUpAsync(server);
        var linesBefore = Lines(service);
        var footprint = new Footprint(service);
        var (done, bystanders) = await LetAsync(assault, server, assault.IsOnClientPort ? new(server.Address, clientPort) : null);
        await footprint.StopAsync();

        if (service.HasExited)
        {
            report.Check(what, false, $"{done}; ended: {service.Output.Split('\n').LastOrDefault()} {service.Errors.Split('\n').LastOrDefault()}");
            return;
        }

        var budget = new Allowance(assault, container);
        var lines = Lines(service) - linesBefore;
        var isRight = budget.Covers(footprint) && lines <= MostLines && IsServed(bystanders);
        report.Check(what, isRight, $"{done}; {budget.Compare(footprint)}; {lines} log lines; {Describe(bystanders)}");
        if (!isRight) foreach (var line in service.Output.Split('\n').Skip(linesBefore)) Report.Tell($"     {line}");
    }

    /// <summary>An assault, and those who behave meanwhile; one of them on the port for Orleans clients, where that is what is assaulted.</summary>
    private async Task<(string Done, IReadOnlyList<Bystander> Bystanders)> LetAsync(Assault assault, IPEndPoint server, IPEndPoint? clients)
    {
        List<Bystander> bystanders = [new HttpBystander(server, "/id"), new HttpBystander(server, "/health/live")];
        if (clients is not null) bystanders.Add(await CallingBystander.StartAsync(clients));
        var done = await LetAsync(assault, clients ?? server);
        foreach (var bystander in bystanders) await bystander.StopAsync();
        return (done, bystanders);
    }

    /// <summary>In a process of its own: the assault does not take threads from those who are served meanwhile.</summary>
    private async Task<string> LetAsync(Assault assault, IPEndPoint server)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--assault", assault.What, "--seconds", $"{_seconds}", "--url", $"http://{server}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (await output + await errors).Trim();
    }

    /// <summary>A service that has run for a while: .NET compiles what is often called for a second time.</summary>
    private static async Task WarmUpAsync(IPEndPoint server)
    {
        var time = Stopwatch.StartNew();
        using var connection = await Connection.OpenAsync(server);
        while (time.Elapsed < TimeSpan.FromSeconds(3))
            foreach (var path in (string[])["/id", "/ids/4096", "/health/live", "/metrics"])
            {
                await connection.SendAsync(Bytes.Of($"GET {path} HTTP/1.1\r\nHost: ids\r\n\r\n"));
                await connection.ReadAsync(isHead: false);
            }
    }

    // prlimit(1)
    private static string[] Limit(Assault assault, string program) =>
        assault.SpareDescriptors is { } spare ? ["prlimit", $"--nofile={(program == "Silo" ? 704 : 256) + spare}"] : [];

    private bool IsServed(IReadOnlyList<Bystander> bystanders) =>
        bystanders.All(bystander => bystander.Failures.Count == 0 && bystander.Slowest < _mostWait);

    private static string Describe(IReadOnlyList<Bystander> bystanders)
    {
        var failures = bystanders.SelectMany(bystander => bystander.Failures).ToList();
        return string.Join(", ", bystanders.Select(Describe)) +
            (failures.Count > 0 ? $"; {failures.Count} failures: {string.Join("; ", failures.Distinct().Take(3))}" : "");
    }

    private static string Describe(Bystander bystander) =>
        $"{bystander.What} {bystander.Answers} answers, slowest {bystander.Slowest.TotalMilliseconds:0} ms";

    private static int Lines(ServiceProcess service) => service.Output.Count(letter => letter == '\n');
}
