using IdGenerator.ApiServer;

namespace IdGenerator.Faults;

/// <summary>Everything that faults are done to: an API server, the ways to it, and workers.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _supervisors = [];
    private ApiServerClient? _client;

    private Deployment(Options options, Events events)
    {
        Events = events;
        Network.Create();
        // The last ones keep their leases in files, the first ones are silos.
        var files = 1 + options.Workers / 8;
        Workers =
        [
            .. Enumerable.Range(0, options.Workers).Select(number => new Worker(
                number,
                number < options.Workers - files ? Victim.KubernetesWorker : Victim.FileWorker,
                number < options.Silos ? options.SiloProgram : options.Program,
                isSilo: number < options.Silos,
                Path.Combine(options.Directory, $"worker-{number}"),
                events)),
        ];
    }

    public Events Events { get; }

    public IReadOnlyList<Worker> Workers { get; }

    public ControlPlane Control { get; } = new();

    public ApiProxies Proxies { get; private set; } = null!;

    public LeaseObjects Leases { get; private set; } = null!;

    public Invariants Invariants { get; } = new();

    /// <summary>The API server is well, or under a fault: for who holds this.</summary>
    public SemaphoreSlim ApiServerLane { get; } = new(1);

    public Fault? ApiServerFault { get; set; }

    public static async Task<Deployment> StartAsync(Options options, Events events)
    {
        var deployment = new Deployment(options, events);
        await deployment.StartAsync();
        return deployment;
    }

    /// <summary>Waits until every worker issues IDs.</summary>
    /// <returns>Those that did not in time.</returns>
    public async Task<IReadOnlyList<Worker>> SilentAsync(double seconds)
    {
        var issue = await Task.WhenAll(Workers.Select(worker => worker.IssuesAsync(seconds)));
        return [.. Workers.Where(worker => !issue[worker.Number])];
    }

    /// <summary>Ends all workers.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_supervisors);
        foreach (var worker in Workers) await worker.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (Proxies is not null) await Proxies.DisposeAsync();
        _client?.Dispose();
        await Control.DisposeAsync();
        _stop.Dispose();
    }

    private async Task StartAsync()
    {
        await Control.InitializeAsync();
        // Somebody deletes leases; no worker does.
        var account = await Control.CreateServiceAccountAsync(
            [.. RoleRule.Silo, new RoleRule("coordination.k8s.io", "leases", "delete")]);
        _client = new(Control);
        Leases = new(_client, account);
        Proxies = new(_client, Workers.SelectMany(worker => worker.Places), Invariants);
        await Proxies.StartAsync();
        foreach (var worker in Workers)
        {
            worker.WriteKubeConfigs(account.Namespace, account.Token);
            worker.StartPod();
            _supervisors.Add(worker.SuperviseAsync(_stop.Token));
        }
    }
}
