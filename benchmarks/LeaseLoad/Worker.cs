using IdGenerator.Leases;
using IdGenerator.Snowflake;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.LeaseLoad;

/// <summary>What one process has: a store with connections of its own, a lease, a clock, a generator; default settings.</summary>
internal sealed class Worker
{
    private readonly WorkerLease _lease;
    private readonly TimeSpan _begin;

    /// <param name="id">The worker ID.</param>
    /// <param name="workers">How many there are: they begin one after the other, within one period of renewal.</param>
    /// <param name="record">Its store.</param>
    /// <param name="calls">Where calls are counted.</param>
    public Worker(int id, int workers, ILeaseStore record, Calls calls)
    {
        var time = TimeProvider.System;
        var options = new LeaseOptions();
        var clock = new LogicalClock(time, new());
        _begin = TimeSpan.FromSeconds(options.RenewSeconds) * id / workers;
        var store = new CountedStore(record, calls);
        var holder = new Holder($"pod-{id}", Guid.NewGuid().ToString());
        _lease = new(
            id, holder, Boot.Id, store, clock, new(clock), options, time, NullLogger<WorkerLease>.Instance);
    }

    public Task Held => _lease.Held;

    public async Task<LeaseRefusal?> RunAsync(CancellationToken cancellation)
    {
        await Task.Delay(_begin, CancellationToken.None);
        return await _lease.AcquireAsync(cancellation) ?? await _lease.HoldAsync(cancellation);
    }
}
