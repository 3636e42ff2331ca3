using System.Collections.Concurrent;
using System.Globalization;

namespace IdGenerator.Leases;

/// <summary>Records that end with the process: for tests, and for trials where IDs may repeat after a restart.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    private readonly ConcurrentDictionary<int, StoredLease> _records = new();
    private long _version;

    public string? Lock => null;

    public Task<StoredLease?> ReadAsync(int worker, CancellationToken cancellation) =>
        Task.FromResult(_records.GetValueOrDefault(worker));

    public Task<StoredLease?> WriteAsync(
        int worker, LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        var version = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
        var stored = new StoredLease(record, version);
        var written = expectedVersion is null
            ? _records.TryAdd(worker, stored)
            : _records.TryGetValue(worker, out var current)
                && current.Version == expectedVersion
                && _records.TryUpdate(worker, stored, current);
        return Task.FromResult(written ? stored : null);
    }
}
