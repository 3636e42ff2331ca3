using IdGenerator.Leases;

namespace IdGenerator.LeaseLoad;

internal sealed class CountedStore(ILeaseStore store, Calls calls) : ILeaseStore
{
    public string? Lock => store.Lock;

    public Task<StoredLease?> ReadAsync(int worker, CancellationToken cancellation) => store.ReadAsync(worker, cancellation);

    public Task<StoredLease?> WriteAsync(
        int worker, LeaseRecord record, string? expectedVersion, CancellationToken cancellation) =>
        calls.CountAsync(store.WriteAsync(worker, record, expectedVersion, cancellation));
}
