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
                Remember(found, last);
                return found;
            }

            await RestoreAsync(found, last, cancellation);
            if (attempt > 1) await DelayAsync(attempt, cancellation);
        }

        throw new MembershipException($"{store.Subject} was deleted or replaced {Attempts} times in a row.");
    }

    /// <summary>Of two reads at once the older one may end last.</summary>
    private void Remember(MembershipDocument found, MembershipDocument? last)
    {
        while (last is null || found.Version >= last.Version)
        {
            var seen = Interlocked.CompareExchange(ref _last, found, last);
            if (seen == last) return;
            last = seen;
        }
    }

    /// <summary>
    /// False for a table of a lower version than one that was read before, for one of the same version with other rows, and for one that
    /// lacks this silo: somebody has restored a copy, over which others may have written since, made an empty one, or edited it.
    /// </summary>
    private bool IsWhole(MembershipDocument found, MembershipDocument? last) =>
        found.Version >= (last?.Version ?? 1)
        && (found.Version != last?.Version || Restoration.IsPartOf(found, last))
        && (leases is null
            || last?.Rows.GetValueOrDefault(leases.Self) is not { } own
            || own.Status == nameof(SiloStatus.Dead)
            || found.Rows.ContainsKey(leases.Self));

    /// <summary>
    /// This process has never read the table, so it cannot remember what it was: the leases tell whether somebody has restored a copy. Where
    /// they seem to, the table is read once more, because others may have written both in between. Of more silos than <see cref="Lookouts"/>
    /// so many do that as they start: all leases of 1,024 silos are 2 MB, and ten starts a second would leave an API server no time for anything
    /// else.
    /// </summary>
    private async Task RestoreOlderCopyAsync(SiloLeases leases, CancellationToken cancellation)
    {
        var found = await CurrentAsync(cancellation);
        if (!IsLookout(found)) return;
        var leased = await leases.ReadAllAsync(cached: true, cancellation);
        for (var attempt = 1; attempt <= Attempts && Restoration.IsOlder(found, leased); attempt++)
        {
            if (attempt > 1) await RestoreAsync(found, last: null, cancellation);
            found = await CurrentAsync(cancellation);
        }
    }

    private async Task RestoreAsync(MembershipDocument? found, MembershipDocument? last, CancellationToken cancellation)
    {
        var leased = leases is null ? new([], 0) : await leases.ReadAllAsync(cached: false, cancellation);
        var (version, rows) = Restoration.Of(found, last, leased, leases?.Announced, FirstVersion.At(time.GetUtcNow()));
        // This version alone, because of several that restore at once one wins, and the bounds of the others stay where they are.
        if (leases is { Term: > 0 }) await AnnounceAsync(leases, row: null, version, cancellation, ahead: 0);
        var isMine = found is null
            ? await store.CreateAsync(version, rows, cancellation)
            : await store.ChangeAsync(found, MembershipChange.Put(version, rows), cancellation);
        if (isMine && (last is not null || rows.Count > 0)) LogRestored(store.Subject, rows.Count, version);
    }
}
