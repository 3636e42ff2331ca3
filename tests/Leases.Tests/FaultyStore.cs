namespace IdGenerator.Leases.Tests;

/// <summary>
/// A store in memory whose next answers can be made to fail, or to get lost after the write has landed, or before: then the
/// write may land later.
/// </summary>
internal sealed class FaultyStore : ILeaseStore
{
    private readonly MemoryLeaseStore _store = new();
    private readonly List<(LeaseRecord Record, string? ExpectedVersion)> _late = [];

    public string? Lock { get; set; }

    /// <summary>Requests do not arrive.</summary>
    public bool IsDown { get; set; }

    /// <summary>Writes land, and their answers do not arrive.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Writes are on their way until <see cref="LandLate"/>, and their senders have given up on them.</summary>
    public bool IsSlow { get; set; }

    public int Writes { get; private set; }

    /// <summary>Is told of every write that lands.</summary>
    public Action<LeaseRecord>? Landed { get; set; }

    public LeaseRecord Record => Find()!;

    public LeaseRecord? Find() => _store.ReadAsync(Rig.Worker, default).Result?.Record;

    public Task<StoredLease?> ReadAsync(int worker, CancellationToken cancellation) =>
        IsDown ? throw new LeaseStoreException("down") : _store.ReadAsync(worker, cancellation);

    public async Task<StoredLease?> WriteAsync(
        int worker, LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        if (IsDown) throw new LeaseStoreException("down");
        Writes++;
        if (IsSlow)
        {
            _late.Add((record, expectedVersion));
            throw new LeaseStoreException("no answer in time");
        }

        var stored = await LandAsync(record, expectedVersion);
        return LosesAnswers ? throw new LeaseStoreException("the answer is lost") : stored;
    }

    /// <summary>One of the writes that are on their way arrives; it does something only if nothing else has landed since.</summary>
    public void LandLate(int choice)
    {
        if (_late.Count == 0) return;
        var (record, expectedVersion) = _late[choice % _late.Count];
        _late.RemoveAt(choice % _late.Count);
        LandAsync(record, expectedVersion).GetAwaiter().GetResult();
    }

    /// <summary>Somebody changes the record by hand.</summary>
    public void Edit(Func<LeaseRecord, LeaseRecord> edit)
    {
        var stored = _store.ReadAsync(Rig.Worker, default).Result!;
        Assert.NotNull(_store.WriteAsync(Rig.Worker, edit(stored.Record), stored.Version, default).Result);
    }

    private async Task<StoredLease?> LandAsync(LeaseRecord record, string? expectedVersion)
    {
        var stored = await _store.WriteAsync(Rig.Worker, record, expectedVersion, default);
        if (stored is not null) Landed?.Invoke(record);
        return stored;
    }
}
