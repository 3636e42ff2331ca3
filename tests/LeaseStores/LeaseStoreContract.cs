using IdGenerator.Leases;

namespace IdGenerator.LeaseStores;

/// <summary>
/// What <see cref="WorkerLease"/> asks of every store. The tests of a store derive from it; each store that is opened is one of the
/// same record, as another process would have it.
/// </summary>
public abstract class LeaseStoreContract
{
    protected abstract Task<ILeaseStore> OpenAsync();

    /// <summary>Somebody deletes the record by hand.</summary>
    /// <returns>The store; another one where that is what it takes.</returns>
    protected abstract Task<ILeaseStore> DeleteAsync(ILeaseStore store);

    [Fact]
    public virtual async Task There_is_no_record_before_the_first_write()
    {
        var store = await OpenAsync();

        Assert.Null(await store.ReadAsync(default));
        Assert.Null(await store.WriteAsync(Records.Any, expectedVersion: "1", default));
        Assert.Null(await store.ReadAsync(default));
    }

    [Fact]
    public virtual async Task What_was_written_is_read_back_whole()
    {
        var (store, other) = (await OpenAsync(), await OpenAsync());
        LeaseRecord[] records =
        [
            Records.Any,
            Records.Any with { ReservedUntil = 90_000_060_000, Generation = 5 },
            Records.Any with { Holder = null, Boot = null, Lock = null, Token = null },
        ];
        string? version = null;
        foreach (var record in records)
        {
            var stored = await store.WriteAsync(record, version, default);

            Assert.Equal(record, stored!.Record);
            Assert.NotEqual(version, stored.Version);
            Assert.Equal(stored, await store.ReadAsync(default));
            Assert.Equal(stored, await other.ReadAsync(default));
            version = stored.Version;
        }
    }

    [Fact]
    public virtual async Task A_write_over_an_old_version_changes_nothing()
    {
        var (mine, theirs) = (await OpenAsync(), await OpenAsync());
        var first = await mine.WriteAsync(Records.Any, null, default);
        await theirs.ReadAsync(default);
        var second = await theirs.WriteAsync(Records.Any with { Generation = 5 }, first!.Version, default);

        Assert.Null(await mine.WriteAsync(Records.Any with { Generation = 6 }, first.Version, default));
        Assert.Null(await mine.WriteAsync(Records.Any with { Generation = 6 }, null, default));
        Assert.Equal(second, await mine.ReadAsync(default));

        var third = await theirs.WriteAsync(Records.Any with { Generation = 7 }, second!.Version, default);
        Assert.NotNull(await mine.WriteAsync(Records.Any with { Generation = 8 }, third!.Version, default));
    }

    [Fact]
    public virtual async Task Of_many_that_write_at_once_at_most_one_wins()
    {
        var stores = new List<ILeaseStore>();
        while (stores.Count < 8) stores.Add(await OpenAsync());
        StoredLease? last = null;
        for (var round = 1; round <= 25; round++)
        {
            var results = await Task.WhenAll(stores.Select((store, i) => Task.Run(() => TryWriteAsync(
                store, Records.Any with { Generation = round, Holder = new($"{i}", "u") }, last?.Version))));

            last = Assert.Single(results, result => result is not null);
            Assert.Equal(last, await stores[0].ReadAsync(default));
        }
    }

    [Fact]
    public virtual async Task A_record_that_was_deleted_is_not_brought_back_by_a_replacement()
    {
        var store = await OpenAsync();
        var written = await store.WriteAsync(Records.Any, null, default);
        store = await DeleteAsync(store);

        Assert.Null(await store.WriteAsync(Records.Any, written!.Version, default));
        Assert.Null(await store.ReadAsync(default));
        Assert.NotNull(await store.WriteAsync(Records.Any, null, default));
    }

    // A store may also fail a write that comes while another one is under way.
    private static async Task<StoredLease?> TryWriteAsync(ILeaseStore store, LeaseRecord record, string? version)
    {
        try
        {
            return await store.WriteAsync(record, version, default);
        }
        catch (LeaseStoreException e) when (!e.IsFinal)
        {
            return null;
        }
    }
}
