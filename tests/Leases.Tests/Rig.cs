using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>One process that wants worker ID 7, on a host and boot of the test's choosing.</summary>
internal sealed class Rig
{
    public const int Worker = 7;

    public Rig(
        ILeaseStore store, FakeTimeProvider time, string uid = "uid-a", string boot = "boot-1", LeaseOptions? options = null,
        ClockLimits? limits = null, TimeProvider? seen = null)
    {
        // xunit's context would have everything that waits for time go on elsewhere, later. Without it, what is due is done when the
        // call that moves the clock returns.
        SynchronizationContext.SetSynchronizationContext(null);
        time.RunsInline = true;
        Time = time;
        Clock = new(seen ?? time, limits ?? new() { MaxLead = 1_000 }, () => Suspended);
        Generator = new(Clock, rollingStart: false);
        Lease = new(
            Worker, new Holder($"pod-{uid}", uid), boot, store, Clock, Generator, options ?? new(), time, Log);
        Source = new(Lease, Generator, Clock, time);
    }

    public FakeTimeProvider Time { get; }

    /// <summary>For how many milliseconds the host has been suspended.</summary>
    public long Suspended { get; set; }

    public LogLines<WorkerLease> Log { get; } = new();

    public LogicalClock Clock { get; }

    public SlotGenerator Generator { get; }

    public WorkerLease Lease { get; }

    public WorkerIdSource Source { get; }

    public Task<LeaseRefusal?> AcquireAsync() => Lease.AcquireAsync(CancellationToken.None);

    /// <summary>Takes the worker ID, which must be possible at once.</summary>
    public async Task<Rig> HoldingAsync()
    {
        var acquiring = AcquireAsync();
        Assert.True(acquiring.IsCompleted, "the worker ID is taken without waiting");
        Assert.Null(await acquiring);
        return this;
    }

    /// <summary>The first timestamp that can be issued now; null where none can.</summary>
    public long? Issue() =>
        Generator.TryReserve(1, since: null, out var range) == ReserveStatus.Reserved ? range.Timestamp : null;
}
