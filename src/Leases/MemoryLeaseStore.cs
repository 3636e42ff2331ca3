using System.Globalization;

namespace IdGenerator.Leases;

/// <summary>A record that ends with the process: for tests, and for trials where IDs may repeat after a restart.</summary>
public sealed class MemoryLeaseStore : ILeaseStore
{
    private readonly Lock _lock = new();
    private StoredLease? _stored;
    private long _version;

    public string? Lock => null;

    public Task<StoredLease?> ReadAsync(CancellationToken cancellation)
    {
        lock (_lock) return Task.FromResult(_stored);
    }

    public Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_stored?.Version != expectedVersion) return Task.FromResult<StoredLease?>(null);
            _stored = new(record, (++_version).ToString(CultureInfo.InvariantCulture));
            return Task.FromResult<StoredLease?>(_stored);
        }
    }
}
