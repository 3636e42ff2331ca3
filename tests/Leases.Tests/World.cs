using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>
/// Two hosts, any number of processes that all want worker ID 7, one store, and whatever goes wrong. Every slot that any
/// process issues is remembered; one that is issued twice fails the test.
/// </summary>
internal sealed class World
{
    private readonly FaultyStore _store = new();
    private readonly Host[] _hosts = [new("host-0"), new("host-1")];
    private readonly List<Process> _processes = [];
    private readonly HashSet<long> _issued = [];
    private int _uids;

    public int Issued => _issued.Count;

    public int Starts { get; private set; }

    public void Do(Fault fault, int choice, int amount)
    {
        switch (fault)
        {
            case Fault.StartNewPod: Start(HostOf(choice), $"uid-{_uids++}"); break;
            case Fault.RestartPod: RestartPod(choice); break;
            case Fault.Crash: Pick(choice)?.Crash(); break;
            case Fault.CrashAndRestart:
                Pick(choice)?.Crash();
                RestartPod(choice);
                break;
            case Fault.Pause: Pick(choice)?.Pause(); break;
            case Fault.Resume: Pick(choice)?.Resume(); break;
            case Fault.Stop: Pick(choice)?.Stop(); break;
            case Fault.Pass: Pass(TimeSpan.FromMilliseconds(amount)); break;
            case Fault.StepWall: HostOf(choice).Step(TimeSpan.FromMilliseconds(amount - 30_000), _processes); break;
            case Fault.Reboot: Reboot(HostOf(choice), TimeSpan.FromMilliseconds(10 * amount)); break;
            case Fault.StoreDown: _store.IsDown = !_store.IsDown; break;
            case Fault.LoseAnswers: _store.LosesAnswers = !_store.LosesAnswers; break;
            default: Issue(choice, amount); break;
        }
    }

    private void Start(Host host, string uid)
    {
        Starts++;
        _processes.Add(new(host, uid, _store));
    }

    /// <summary>The kubelet starts a container again once it is dead, on the host that the pod is bound to.</summary>
    private void RestartPod(int choice)
    {
        var dead = _processes.Where(process => process.IsDead && !_processes.Exists(other =>
            !other.IsDead && other.Uid == process.Uid)).ToList();
        if (dead.Count > 0) Start(dead[choice % dead.Count].Host, dead[choice % dead.Count].Uid);
    }

    /// <summary>Mostly the first, so that more happens between processes of one boot.</summary>
    private Host HostOf(int choice) => _hosts[choice % 5 == 0 ? 1 : 0];

    private void Reboot(Host host, TimeSpan upFor)
    {
        foreach (var process in _processes.Where(process => process.Host == host)) process.Crash();
        host.Reboot(upFor);
    }

    private void Pass(TimeSpan time)
    {
        foreach (var host in _hosts) host.Pass(time);
        foreach (var process in _processes) process.CatchUp();
    }

    private void Issue(int choice, int count)
    {
        if (Pick(choice) is not { IsPaused: false } process) return;
        if (process.Rig.Generator.TryReserve(count % 5_000 + 1, SlotGenerator.Now, out var range) != ReserveStatus.Reserved) return;
        for (var slot = range.First; slot < range.End; slot++)
            Assert.True(_issued.Add(slot), $"slot {slot} is issued twice");
    }

    private Process? Pick(int choice)
    {
        var live = _processes.Where(process => !process.IsDead).ToList();
        return live.Count == 0 ? null : live[choice % live.Count];
    }

    internal enum Fault
    {
        StartNewPod, RestartPod, Crash, CrashAndRestart, Pause, Resume, Stop, Pass, StepWall, Reboot, StoreDown, LoseAnswers, Issue,
    }

    private sealed class Host(string name)
    {
        private int _boots;

        public string BootId => $"{name}, boot {_boots}";

        public TimeSpan Monotonic { get; private set; } = TimeSpan.FromMinutes(1);

        public DateTimeOffset Wall { get; private set; } = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public void Pass(TimeSpan time) => (Monotonic, Wall) = (Monotonic + time, Wall + time);

        public void Reboot(TimeSpan upFor) => (_boots, Monotonic) = (_boots + 1, upFor);

        public void Step(TimeSpan by, List<Process> processes)
        {
            Wall += by;
            foreach (var process in processes.Where(process => process.Host == this)) process.Rig.Time.StepWall(by);
        }
    }

    private sealed class Process
    {
        private readonly CancellationTokenSource _stop = new();
        private TimeSpan _seen;

        public Process(Host host, string uid, FaultyStore store)
        {
            (Host, Uid, _seen) = (host, uid, host.Monotonic);
            Rig = new(store, new FakeTimeProvider(host.Wall, host.Monotonic), uid, host.BootId);
            _ = RunAsync();
        }

        public Host Host { get; }

        public string Uid { get; }

        public Rig Rig { get; }

        public bool IsDead { get; private set; }

        public bool IsPaused { get; private set; }

        public void Crash() => IsDead = true;

        public void Pause() => IsPaused = true;

        public void Resume()
        {
            IsPaused = false;
            CatchUp();
        }

        public void Stop()
        {
            if (IsPaused) return;
            _stop.Cancel();
            Rig.Lease.ReleaseAsync(default).GetAwaiter().GetResult();
            IsDead = true;
        }

        public void CatchUp()
        {
            if (IsDead || IsPaused) return;
            var passed = Host.Monotonic - _seen;
            _seen = Host.Monotonic;
            Rig.Time.Advance(passed);
        }

        private async Task RunAsync()
        {
            try
            {
                var refusal = await Rig.Lease.AcquireAsync(_stop.Token) ?? await Rig.Lease.HoldAsync(_stop.Token);
                if (refusal is not null) IsDead = true;
            }
            catch (OperationCanceledException)
            {
                // Stopped before it held anything.
            }
        }
    }
}
