using IdGenerator.Leases;

namespace IdGenerator.MembershipLoad;

internal sealed class MeteredStore(ILeaseStore store, Meter meter) : ILeaseStore
{
    public string? Lock => store.Lock;

    public Task<StoredLease?> ReadAsync(CancellationToken cancellation) => store.ReadAsync(cancellation);

    public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation) =>
        await meter.CountAsync("lease", () => store.WriteAsync(record, expectedVersion, cancellation));
}
