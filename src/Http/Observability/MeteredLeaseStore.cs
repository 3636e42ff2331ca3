using System.Diagnostics.Metrics;
using IdGenerator.Leases;

namespace IdGenerator.Http.Observability;

/// <summary>Times the calls to a lease store, and counts those that failed and those that came second.</summary>
internal sealed class MeteredLeaseStore : ILeaseStore
{
    private static readonly double[] Bounds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ILeaseStore _store;
    private readonly TimeProvider _time;
    private readonly Histogram<double> _duration;

    // Observed, not added to: a series that is there from the start, at 0, is one that can be seen to rise.
    private long _errors;
    private long _lostSwaps;

    public MeteredLeaseStore(ILeaseStore store, IMeterFactory meters, TimeProvider time)
    {
        _store = store;
        _time = time;
        var meter = meters.Create(Telemetry.MeterName);
        _duration = meter.CreateHistogram(
            "id_generator.lease.store.duration", "s", "Calls to the lease store by operation, and how long they took.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
        meter.CreateObservableCounter("id_generator.lease.store.errors", () => Volatile.Read(ref _errors), "{error}",
            "Calls to the lease store that failed, or whose outcome is unknown.");
        meter.CreateObservableCounter("id_generator.lease.lost_swaps", () => Volatile.Read(ref _lostSwaps), "{swap}",
            "Writes to the lease store that another write of the same record came before.");
    }

    public string? Lock => _store.Lock;

    public Task<StoredLease?> ReadAsync(CancellationToken cancellation) =>
        MeterAsync("read", _time.GetTimestamp(), _store.ReadAsync(cancellation));

    public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        var stored = await MeterAsync(
            "write", _time.GetTimestamp(), _store.WriteAsync(record, expectedVersion, cancellation));
        if (stored is null) Interlocked.Increment(ref _lostSwaps);
        return stored;
    }

    private async Task<StoredLease?> MeterAsync(string operation, long start, Task<StoredLease?> call)
    {
        try
        {
            return await call;
        }
        catch (LeaseStoreException)
        {
            Interlocked.Increment(ref _errors);
            throw;
        }
        finally
        {
            _duration.Record(_time.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("operation", operation));
        }
    }
}
