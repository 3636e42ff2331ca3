using System.Diagnostics;

namespace IdGenerator.Faults;

/// <summary>A worker ID, and the pods that have it: one, or two where faults want it so.</summary>
internal sealed class Worker
{
    private readonly Place[] _places;
    private readonly Events _events;
    private readonly SharedStore _store;
    private volatile Pod[] _pods = [];

    public Worker(int number, Victim victim, string program, bool isSilo, string directory, SharedStore store, Events events)
    {
        (Number, Victim, Program, IsSilo, Directory, _store, _events) = (number, victim, program, isSilo, directory, store, events);
        System.IO.Directory.CreateDirectory(directory);
        _places = [new(number, 'a', 2 * number + 2, directory), new(number, 'b', 2 * number + 3, directory)];
        if (victim == Victim.FileWorker) Disk = new(Path.Combine(directory, "data"), number);
    }

    public int Number { get; }

    public Victim Victim { get; }

    public string Program { get; }

    public bool IsSilo { get; }

    public string Directory { get; }

    public IReadOnlyList<Place> Places => _places;

    /// <summary>Where the file store writes; null where leases are in the store that workers share.</summary>
    public SmallDisk? Disk { get; }

    /// <summary>The pod that is meant to have the worker ID.</summary>
    public Pod Pod => _pods[0];

    /// <summary>What is being done to it, or what it has not recovered from; null for nothing.</summary>
    public Fault? Fault { get; set; }

    /// <summary>One of its pods has a process that could issue.</summary>
    public bool IsUp => _pods.Any(pod => pod.IsUp);

    /// <summary>What issues its IDs.</summary>
    public string Engine => IsSilo ? "silo" : Disk is not null ? "gateway, file" : "gateway";

    public string LeaseName => $"{Settings.Release}-worker-{Number}";

    public void StartPod() => _pods = [new Pod(this, _places[0], _events) { IsWanted = true }.Start()];

    /// <summary>Another pod, with another UID, in the place of the present one.</summary>
    public async Task ReplacePodAsync()
    {
        var old = Pod;
        await old.DeleteAsync();
        _pods = [new Pod(this, old.Place, _events) { IsWanted = true }.Start()];
    }

    /// <summary>A second pod beside the first, in the other place, started once.</summary>
    public Pod AddTwin()
    {
        var twin = new Pod(this, _places[Pod.Place == _places[0] ? 1 : 0], _events).Start();
        _pods = [Pod, twin];
        return twin;
    }

    /// <summary>Of two pods one stays.</summary>
    public async Task KeepAsync(Pod kept)
    {
        var others = _pods.Where(pod => pod != kept).ToList();
        kept.IsWanted = true;
        _pods = [kept];
        foreach (var pod in others) await pod.DeleteAsync();
    }

    /// <summary>IDs were issued to a request that began after <paramref name="since"/>, a timestamp.</summary>
    public bool HasIssued(long since) => _places.Any(place => place.IssuedAt >= since);

    public Task<bool> IssuesAsync(double seconds)
    {
        var since = Stopwatch.GetTimestamp();
        return Wait.ForAsync(() => HasIssued(since), seconds);
    }

    /// <summary>Does what a kubelet does: starts containers that have ended.</summary>
    public async Task SuperviseAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var pod in _pods) pod.StartAgainIfWanted();
            await Task.Delay(200, CancellationToken.None);
        }
    }

    public async Task StopAsync()
    {
        foreach (var pod in _pods) await pod.DeleteAsync();
        _pods = [];
    }

    public IEnumerable<(string, string)> Variables(Place place, string uid) =>
    [
        ("WORKER_ID", $"{Number}"),
        ("POD_NAME", $"{place.Name}-{Number}"),
        ("POD_UID", uid),
        ("POD_IP", place.Address),
        ("PORT", $"{Settings.Port}"),
        ("RELEASE_NAME", Settings.Release),
        ("DATA_DIR", Disk?.Path ?? ""),
        ("Lease__ReserveSeconds", $"{Settings.ReserveSeconds}"),
        ("Lease__RenewSeconds", $"{Settings.RenewSeconds}"),
        // Short, so that a fault of seconds goes beyond it.
        ("Clock__MaxLeadMilliseconds", "1000"),
        ("LOG_FORMAT", "text"),
        .. _store.Variables(this, place),
    ];

    public string KubeConfig(Place place) => Path.Combine(Directory, $"{place.Name}.kubeconfig");

    /// <summary>Plain HTTP to the proxy of its place: TLS is not what is under test.</summary>
    public void WriteKubeConfigs(string ns, string token)
    {
        foreach (var place in _places)
        {
            File.WriteAllText(KubeConfig(place), $$"""
                apiVersion: v1
                kind: Config
                current-context: faults
                clusters:
                - name: faults
                  cluster: { server: "http://{{Network.Host}}:{{place.ProxyPort}}" }
                users:
                - name: faults
                  user: { token: {{token}} }
                contexts:
                - name: faults
                  context: { cluster: faults, user: faults, namespace: {{ns}} }

                """);
        }
    }
}
