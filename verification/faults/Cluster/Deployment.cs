namespace IdGenerator.Faults;

/// <summary>Everything that faults are done to: the store that workers share, the ways to it, and workers.</summary>
internal sealed class Deployment : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _supervisors = [];

    private Deployment(Options options, Events events)
    {
        Events = events;
        Network.Create();
        Store = options.Store == "postgres" ? new PostgresStore(Invariants) : new KubernetesStore(Invariants);
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
                Store,
                events)),
        ];
    }

    public Events Events { get; }

    public IReadOnlyList<Worker> Workers { get; }

    public SharedStore Store { get; }

    public Invariants Invariants { get; } = new();

    /// <summary>The API server is well, or under a fault: for who holds this.</summary>
    public SemaphoreSlim ApiServerLane { get; } = new(1);

    public Fault? ApiServerFault
    {
        get;
        set
        {
            field = value;
            ApiServerChanges++;
        }
    }

    /// <summary>How often a fault of the API server has begun or ended.</summary>
    public int ApiServerChanges { get; private set; }

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
        await Store.DisposeAsync();
        _stop.Dispose();
    }

    private async Task StartAsync()
    {
        await Store.StartAsync(Workers);
        foreach (var worker in Workers)
        {
            worker.StartPod();
            _supervisors.Add(worker.SuperviseAsync(_stop.Token));
        }
    }
}
