namespace IdGenerator.Leases.Tests;

/// <summary>
/// A store in memory whose next answers can be made to fail, or to get lost after the write has landed, or before: then the
/// write may land later.
/// </summary>
internal sealed class FaultyStore : ILeaseStore
{
    private MemoryLeaseStore _store = new();
    private readonly List<(LeaseRecord Record, string? ExpectedVersion)> _late = [];

    public string? Lock { get; set; }

    /// <summary>Requests do not arrive.</summary>
    public bool IsDown { get; set; }

    /// <summary>Writes land, and their answers do not arrive.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Writes fail, and reads do not.</summary>
    public bool LosesWrites { get; set; }

    /// <summary>Writes are on their way until <see cref="LandLate"/>, and their senders have given up on them.</summary>
    public bool IsSlow { get; set; }

    /// <summary>Requests are refused for good.</summary>
    public bool IsUnusable { get; set; }

    /// <summary>The store answers each request with a denial, which may pass.</summary>
    public bool IsDenying { get; set; }

    /// <summary>How long the store asks to be left alone, while it <see cref="IsDown"/>.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>Ends when a read is answered.</summary>
    public Func<Task>? ReadTakes { get; set; }

    /// <summary>Writes are not answered, until they are cancelled.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Calls so far, those that failed included.</summary>
    public int Calls { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Runs just before the next write lands.</summary>
    public Action? Arriving { get; set; }

    /// <summary>Is told of every write that lands.</summary>
    public Action<LeaseRecord>? Landed { get; set; }

    public LeaseRecord Record => Find()!;

    public LeaseRecord? Find() => _store.ReadAsync(default).Result?.Record;

    public async Task<StoredLease?> ReadAsync(CancellationToken cancellation)
    {
        Call();
        if (ReadTakes is { } takes) await takes();
        return await _store.ReadAsync(cancellation);
    }

    public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        Call();
        Writes++;
        if (LosesWrites) throw new LeaseStoreException("somebody has a lock");
        if (IsSilent) await Task.Delay(Timeout.Infinite, cancellation);
        if (IsSlow)
        {
            _late.Add((record, expectedVersion));
            throw new LeaseStoreException("no answer in time");
        }

        var stored = await LandAsync(record, expectedVersion);
        // Whoever gives up waiting does not learn that the write has landed.
        cancellation.ThrowIfCancellationRequested();
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

    /// <summary>Somebody deletes the record by hand.</summary>
    public void Delete() => _store = new();

    /// <summary>Somebody changes the record by hand.</summary>
    public void Edit(Func<LeaseRecord, LeaseRecord> edit)
    {
        var stored = _store.ReadAsync(default).Result!;
        Assert.NotNull(_store.WriteAsync(edit(stored.Record), stored.Version, default).Result);
    }

    private void Call()
    {
        Calls++;
        if (IsUnusable) throw new LeaseStoreException("The role lacks a verb.") { IsFinal = true };
        if (IsDenying) throw new LeaseStoreException("401: who are you?") { IsDenied = true };
        if (IsDown) throw new LeaseStoreException("down") { RetryAfter = RetryAfter };
    }

    private async Task<StoredLease?> LandAsync(LeaseRecord record, string? expectedVersion)
    {
        if (Arriving is { } arriving)
        {
            Arriving = null;
            arriving();
        }

        var stored = await _store.WriteAsync(record, expectedVersion, default);
        if (stored is not null) Landed?.Invoke(record);
        return stored;
    }
}
