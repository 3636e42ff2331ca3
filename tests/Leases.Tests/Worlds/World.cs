using IdGenerator.Snowflake;

namespace IdGenerator.Leases.Tests.Worlds;

/// <summary>
/// Two hosts whose clocks need not agree, any number of processes that all want worker ID 7, one store, and whatever goes wrong.
/// The <see cref="Invariants"/> are checked after every step.
/// </summary>
internal sealed class World
{
    private readonly FaultyStore _store = new();
    private readonly List<WorldProcess> _processes = [];
    private readonly WorldHost[] _hosts;
    private readonly ClockLimits _limits;
    private readonly Invariants _invariants;
    private int _uids;

    /// <param name="maxLead">How far logical time may lead the wall clock, in milliseconds.</param>
    /// <param name="skew">How far the second host's wall clock is ahead of the first's.</param>
    public World(long maxLead, TimeSpan skew)
    {
        _limits = new() { MaxLead = maxLead };
        _hosts = [new("host-0", TimeSpan.Zero), new("host-1", skew)];
        _invariants = new(_store, _processes);
        _store.Landed = _invariants.OnLanded;
    }

    public int Issued => _invariants.Issued;

    public int Starts => _processes.Count;

    public void Do(Fault fault)
    {
        var (kind, choice, amount) = fault;
        var time = TimeSpan.FromMilliseconds(amount);
        var host = _hosts[choice % 5 == 0 ? 1 : 0]; // Mostly the first, so that more happens between processes of one boot.
        switch (kind)
        {
            case FaultKind.StartPod: Start(host, $"pod-{_uids++}", null); break;
            case FaultKind.StartProcess: StartProcess(host); break;
            case FaultKind.Restart: Restart(choice); break;
            case FaultKind.Crash: Pick(choice)?.Crash(); break;
            case FaultKind.CrashAndRestart: CrashAndRestart(Pick(choice)); break;
            case FaultKind.Pause: Pick(choice)?.Pause(); break;
            case FaultKind.Resume: Pick(choice)?.Resume(); break;
            case FaultKind.Stop: Pick(choice)?.Stop(); break;
            case FaultKind.Pass: Pass(time); break;
            case FaultKind.StepWall: Step(host, time); break;
            case FaultKind.Suspend: Suspend(host, time); break;
            case FaultKind.Reboot: Reboot(host, time); break;
            case FaultKind.RemoveLock: host.RemoveLock(); break;
            case FaultKind.StoreDown: _store.IsDown = !_store.IsDown; break;
            case FaultKind.LoseAnswers: _store.LosesAnswers = !_store.LosesAnswers; break;
            case FaultKind.StoreSlow: _store.IsSlow = !_store.IsSlow; break;
            case FaultKind.LandLate: _store.LandLate(choice); break;
            default: Issue(Pick(choice), (int)(amount % 5_000) + 1); break;
        }

        _invariants.Check();
    }

    /// <summary>
    /// Everything is put right: then a worker ID that is held issues, or says why not, and nobody waits without an end.
    /// </summary>
    public void Heal()
    {
        (_store.IsDown, _store.LosesAnswers, _store.IsSlow) = (false, false, false);
        foreach (var process in _processes) process.Resume();
        for (var second = 0; second < 120; second++) Do(new(FaultKind.Pass, 0, 1_000));
        foreach (var process in _processes.Where(process => process.IsHolding)) Issue(process, 1);
    }

    private void Start(WorldHost host, string uid, string? @lock) => _processes.Add(new(host, uid, @lock, _store, _limits));

    /// <summary>Where the host's lock is held, a second process is turned away before it does anything.</summary>
    private void StartProcess(WorldHost host)
    {
        if (!_processes.Exists(process => !process.IsDead && process.Lock == host.Lock)) Start(host, $"process-{_uids++}", host.Lock);
    }

    private void Restart(int choice)
    {
        var dead = _processes.Where(process => process.IsDead && !_processes.Exists(other =>
            !other.IsDead && other.Uid == process.Uid)).ToList();
        if (dead.Count > 0) Restart(dead[choice % dead.Count]);
    }

    /// <summary>The kubelet starts a container again once it is dead, on the host that the pod is bound to.</summary>
    private void Restart(WorldProcess dead)
    {
        if (dead.Lock is null) Start(dead.Host, dead.Uid, null);
        else StartProcess(dead.Host);
    }

    private void CrashAndRestart(WorldProcess? process)
    {
        if (process is null) return;
        process.Crash();
        Restart(process);
    }

    private void Reboot(WorldHost host, TimeSpan upFor)
    {
        foreach (var process in _processes.Where(process => process.Host == host)) process.Crash();
        host.Reboot(upFor);
    }

    private void Pass(TimeSpan time)
    {
        foreach (var host in _hosts) host.Pass(time);
        foreach (var process in _processes) process.CatchUp();
    }

    private void Step(WorldHost host, TimeSpan by)
    {
        host.Step(by);
        foreach (var process in _processes.Where(process => process.Host == host)) process.Rig.Time.StepWall(by);
    }

    private void Suspend(WorldHost host, TimeSpan time)
    {
        host.Suspend((long)time.TotalMilliseconds);
        Step(host, time);
    }

    private void Issue(WorldProcess? process, int count)
    {
        if (process is null || process.IsPaused) return;
        var status = Reserve(process, count);
        // Ready, and nothing to be had at this moment: then there is within the time that a request waits at the longest.
        if (status != ReserveStatus.Exhausted) return;
        Pass(WorkerIdSource.LongestStall);
        if (process.IsDead) return;
        status = Reserve(process, 1);
        Assert.True(status != ReserveStatus.Exhausted, "a request waits without an end while the worker says that it is ready");
    }

    private ReserveStatus Reserve(WorldProcess process, int count)
    {
        var status = process.Rig.Generator.TryReserve(count, since: null, out var range);
        if (status == ReserveStatus.Reserved) _invariants.OnIssued(process, range);
        return status;
    }

    private WorldProcess? Pick(int choice)
    {
        var live = _processes.Where(process => !process.IsDead).ToList();
        return live.Count == 0 ? null : live[choice % live.Count];
    }
}
