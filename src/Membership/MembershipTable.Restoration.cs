namespace IdGenerator.Membership;

// Reads, before which a table that is gone or has lost rows is made whole. What is done with it is in MembershipTable.cs.
public sealed partial class MembershipTable
{
    /// <summary>
    /// The table as it was some seconds ago at the earliest. Orleans reads it once a minute, and is sent each change by the silo that makes
    /// it. Before it writes it reads too: a write over what has changed since fails, and is followed by a read that misses nothing.
    /// </summary>
    private Task<MembershipDocument> SeenAsync(CancellationToken cancellation) => CurrentAsync(cached: true, cancellation);

    /// <summary>The table as it is, whole: made anew or completed first, where it is gone or has fallen behind.</summary>
    private Task<MembershipDocument> CurrentAsync(CancellationToken cancellation) => CurrentAsync(cached: false, cancellation);

    private async Task<MembershipDocument> CurrentAsync(bool cached, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var last = Volatile.Read(ref _last);
            var found = await store.ReadAsync(cached && attempt == 1, cancellation);
            if (found is not null && IsWhole(found, last))
            {
                Volatile.Write(ref _last, found);
                return found;
            }

            await RestoreAsync(found, last, cancellation);
            if (attempt > 1) await DelayAsync(attempt, cancellation);
        }

        throw new MembershipException($"{store.Subject} was deleted or replaced {Attempts} times in a row.");
    }

    /// <summary>
    /// False for a table of a lower version than one that was read before, and for one that lacks this silo: somebody has restored a copy,
    /// made an empty one, or edited it.
    /// </summary>
    private bool IsWhole(MembershipDocument found, MembershipDocument? last) =>
        found.Version >= (last?.Version ?? 1)
        && (leases is null
            || last?.Rows.GetValueOrDefault(leases.Self) is not { } own
            || own.Status == nameof(SiloStatus.Dead)
            || found.Rows.ContainsKey(leases.Self));

    private async Task RestoreAsync(MembershipDocument? found, MembershipDocument? last, CancellationToken cancellation)
    {
        var leased = leases is null ? new([], 0) : await leases.ReadAllAsync(cached: false, cancellation);
        var (version, rows) = Restoration.Of(found, last, leased, leases?.Self, FirstVersion.At(time.GetUtcNow()));
        if (leases is { Term: > 0 }) await AnnounceAsync(leases, row: null, version, cancellation);
        var isMine = found is null
            ? await store.CreateAsync(version, rows, cancellation)
            : await store.ChangeAsync(found, MembershipChange.Put(version, rows), cancellation);
        if (isMine && (last is not null || rows.Count > 0)) LogRestored(store.Subject, rows.Count, version);
    }
}
