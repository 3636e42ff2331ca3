using IdGenerator.Leases;

namespace IdGenerator.LeaseLoad;

internal sealed class CountedStore(ILeaseStore store, Calls calls) : ILeaseStore
{
    public string? Lock => store.Lock;

    public Task<StoredLease?> ReadAsync(CancellationToken cancellation) => store.ReadAsync(cancellation);

    public Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation) =>
        calls.CountAsync(store.WriteAsync(record, expectedVersion, cancellation));
}
