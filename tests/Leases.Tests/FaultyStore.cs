namespace IdGenerator.Leases.Tests;

/// <summary>A store in memory whose next answers can be made to fail, or to get lost after the write has landed.</summary>
internal sealed class FaultyStore : ILeaseStore
{
    private readonly MemoryLeaseStore _store = new();

    public string? Lock { get; set; }

    /// <summary>Requests do not arrive.</summary>
    public bool IsDown { get; set; }

    /// <summary>Writes land, and their answers do not arrive.</summary>
    public bool LosesAnswers { get; set; }

    public int Writes { get; private set; }

    public LeaseRecord Record => _store.ReadAsync(Rig.Worker, default).Result!.Record;

    public Task<StoredLease?> ReadAsync(int worker, CancellationToken cancellation) =>
        IsDown ? throw new LeaseStoreException("down") : _store.ReadAsync(worker, cancellation);

    public async Task<StoredLease?> WriteAsync(
        int worker, LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        if (IsDown) throw new LeaseStoreException("down");
        Writes++;
        var stored = await _store.WriteAsync(worker, record, expectedVersion, cancellation);
        return LosesAnswers ? throw new LeaseStoreException("the answer is lost") : stored;
    }

    /// <summary>Somebody changes the record by hand.</summary>
    public void Edit(Func<LeaseRecord, LeaseRecord> edit)
    {
        var stored = _store.ReadAsync(Rig.Worker, default).Result!;
        Assert.NotNull(_store.WriteAsync(Rig.Worker, edit(stored.Record), stored.Version, default).Result);
    }
}
