using IdGenerator.LeaseStores;

namespace IdGenerator.Leases.Tests;

public sealed class MemoryLeaseStoreTests : LeaseStoreContract
{
    private readonly MemoryLeaseStore _store = new();

    protected override Task<ILeaseStore> OpenAsync() => Task.FromResult<ILeaseStore>(_store);

    // Its record goes with the process alone.
    protected override Task<ILeaseStore> DeleteAsync(ILeaseStore store) => Task.FromResult<ILeaseStore>(new MemoryLeaseStore());
}
