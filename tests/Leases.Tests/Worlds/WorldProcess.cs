using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests.Worlds;

/// <summary>A process that wants worker ID 7 from its start until it ends.</summary>
internal sealed class WorldProcess
{
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _seen;

    public WorldProcess(WorldHost host, string uid, string? @lock, FaultyStore store, ClockLimits limits)
    {
        (Host, Uid, Lock, _seen) = (host, uid, @lock, host.Monotonic);
        Rig = new(
            new LockedStore(store, @lock), new FakeTimeProvider(host.Wall, host.Monotonic), uid, host.BootId, limits: limits)
        {
            Suspended = host.Suspended,
        };
        _ = RunAsync();
    }

    public WorldHost Host { get; }

    public string Uid { get; }

    /// <summary>The lock that it holds for as long as it lives; null for a pod.</summary>
    public string? Lock { get; }

    public Rig Rig { get; }

    public bool IsDead { get; private set; }

    public bool IsPaused { get; private set; }

    public bool IsHolding => !IsDead && Rig.Lease.Phase == LeasePhase.Held;

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
        Rig.Suspended = Host.Suspended;
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

    private sealed class LockedStore(FaultyStore store, string? @lock) : ILeaseStore
    {
        public string? Lock => @lock;

        public Task<StoredLease?> ReadAsync(CancellationToken cancellation) => store.ReadAsync(cancellation);

        public Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation) =>
            store.WriteAsync(record, expectedVersion, cancellation);
    }
}
