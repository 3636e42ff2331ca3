using Microsoft.Extensions.Logging;

namespace IdGenerator.Membership;

/// <summary>
/// Orleans' membership in one document of a store.
/// <para>
/// Promised: version and rows change together or not at all, and are read together; a write over a version or a row that
/// has changed since is false, not an exception; saying to be alive changes no version and no e-tag, makes no other write
/// fail, and brings no removed row back. A read shows all that this silo has read or written before; a change of another silo may be missing
/// where the store may read from memory that lags behind, and a write over what was missed is false. A table that was deleted is made again
/// by whoever looks for it first, with the rows of all silos that hold the lease of their worker, above every version that any silo has
/// written: no silo ends for it.
/// </para>
/// Where the leases are in another store (<paramref name="leases"/> is null), each silo says in the table that it is alive, and a
/// table is made again from what its maker has read last: rows that it has never read are not in it.
/// The same where somebody puts an older copy in its place, empties it or removes rows.
/// Not promised: anything about rows that somebody edits, nor between two clusters.
/// </summary>
public sealed partial class MembershipTable(
    IMembershipStore store,
    SiloLeases? leases,
    IAliveTimes? alive,
    TimeProvider time,
    ILogger<MembershipTable> logger,
    CancellationToken stopping = default)
    : IMembershipTable
{
    /// <summary>
    /// An attempt reads and then writes, and fails where another silo has written in between: one that joins or leaves, or one of those
    /// that say in the table that they are alive. When a thousand join at once beside a slow API server, nine attempts in ten may meet
    /// another write, and then 3 writes in 100,000 need more than 100 attempts.
    /// </summary>
    private const int Attempts = 100;

    /// <summary>So many silos, each of which looks twice a minute, find out within seconds that the table is gone or an older one.</summary>
    private const int Lookouts = 20;

    /// <summary>Between two attempts to begin beside a store that does not answer.</summary>
    private static readonly TimeSpan StartPeriod = TimeSpan.FromSeconds(1);

    /// <summary>How old the copy of the times may be at which silos were last alive, where one silo in so many keeps it.</summary>
    private static readonly TimeSpan FreshTimes = TimeSpan.FromSeconds(10);

    /// <summary>In so much more time twice as many do. Of 1,024 silos each does when it is 18.5 s old.</summary>
    private static readonly TimeSpan Doubling = TimeSpan.FromSeconds(1.5);

    private static readonly Dictionary<string, DateTime> Nowhere = [];

    // As last read or made here: what a table may not fall behind.
    private MembershipDocument? _last;

    // This silo has written that it is active.
    private volatile bool _hasJoined;

    public async Task InitializeMembershipTableAsync(
        bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        if (!tryInitTableVersion) return;
        while (!await TryInitializeAsync(cancellationToken))
        {
            await Task.Delay(StartPeriod, time, cancellationToken);
            await PaceAsync(++_losses, cancellationToken);
        }
    }

    /// <summary>Orleans asks once, and ends the process where the answer is an exception; for everything after that it asks again by itself.</summary>
    private async Task<bool> TryInitializeAsync(CancellationToken cancellation)
    {
        try
        {
            if (leases is null)
            {
                await CurrentAsync(cancellation);
                return true;
            }

            await RestoreOlderCopyAsync(leases, cancellation);
            await EnterAsync(leases, cancellation);
            return true;
        }
        catch (Exception e) when (e is not (MembershipException or OperationCanceledException))
        {
            LogNotInitialized(store.Subject, e.Message);
            return false;
        }
    }

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default) => ReadAsync(_ => true, cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default)
    {
        var address = key.ToParsableString();
        return ReadAsync(row => row.Address == address, cancellationToken);
    }

    public Task<bool> InsertRowAsync(
        MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(entry, etag: null, tableVersion, cancellationToken);

    public Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(entry, etag, tableVersion, cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default) => leases is null
        ? SayAliveInTheTableAsync(entry, cancellationToken)
        : SayAliveInTheLeaseAsync(leases, entry, cancellationToken);

    /// <summary>Removes silos that are not active and of which nothing was heard since, not even a suspicion.</summary>
    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            read: null,
            current => Task.FromResult(
                MembershipChange.Keep(current, row => row.Status == nameof(SiloStatus.Active) || row.LastHeard() >= beforeDate.UtcDateTime)),
            cancellationToken);

    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default)
    {
        if (clusterId == store.Cluster && await store.ReadAsync(cached: false, cancellationToken) is not null)
            await ChangeAsync(read: null, current => Task.FromResult<MembershipChange?>(MembershipChange.Clear(current)), cancellationToken);
    }

    private async Task<MembershipTableData> ReadAsync(Func<MembershipRow, bool> isWanted, CancellationToken cancellation)
    {
        var table = await SeenAsync(cancellation);
        var times = alive is null ? Nowhere : await alive.ReadAsync(MaxAgeOfTimes(table), cancellation);
        return MembershipEntries.Table(table, times, isWanted);
    }

    /// <summary>
    /// Silos keep the copy of the times. Of those that find it ten seconds old about twenty in all of them read the leases, then more and
    /// more: at 1,024 silos 17 look in a second, and one in some thirteen seconds reads the leases. In a crowd one that joins takes the copy as
    /// it is, because each of a thousand would find it old, and have the store write out all leases; until it reads again it tells silos that
    /// seem to be stale nothing. One that leaves needs no times.
    /// <para>
    /// A silo is stale to Orleans when it has said nothing for 180 s (<see cref="MembershipExtensions"/>). A lease says it at least once in 60 s,
    /// however rarely it is renewed; a copy of that is given 18.5 s later at most, and once more for ten seconds; and 60 s later the table is
    /// read again. That is 148.5 s, and leaves half a minute for clocks that differ, memory that lags and answers that take long.
    /// </para>
    /// </summary>
    private TimeSpan MaxAgeOfTimes(MembershipDocument table) => stopping.IsCancellationRequested || (!_hasJoined && IsCrowd(table))
        ? TimeSpan.MaxValue
        : FreshTimes + (Doubling * Math.Max(0, Math.Log2(Random.Shared.NextDouble() * LivingIn(table) / Lookouts)));

    private async Task SayAliveInTheTableAsync(MembershipEntry entry, CancellationToken cancellation)
    {
        var (address, alive) = (entry.SiloAddress.ToParsableString(), MembershipEntries.Utc(entry.IAmAliveTime));
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (await store.SayAliveAsync(address, alive, cancellation)) return;
            await CurrentAsync(cancellation);
            await DelayAsync(attempt, cancellation);
        }

        throw new MembershipException($"{store.Subject} was written by others {Attempts} times in a row.");
    }

    /// <summary>
    /// The renewal of the lease has said it already. So all that is left to do is to see that the table is there and whole, twice as often
    /// as Orleans reads it. Of more silos than <see cref="Lookouts"/> each looks so much more rarely: one that finds the loss is enough.
    /// </summary>
    private async Task SayAliveInTheLeaseAsync(SiloLeases leases, MembershipEntry entry, CancellationToken cancellation)
    {
        await leases.SayAliveAsync(MembershipEntries.Utc(entry.IAmAliveTime), cancellation);
        if (IsLookout(Volatile.Read(ref _last))) await SeenAsync(cancellation);
    }

    private static bool IsLookout(MembershipDocument? table) =>
        table is null || Random.Shared.Next(Math.Max(1, LivingIn(table))) < Lookouts;

    private static int LivingIn(MembershipDocument table) => table.Rows.Values.Count(row => row.Status != nameof(SiloStatus.Dead));

    private static bool IsOfSameWorker(MembershipRow row, SiloLeases leases) =>
        row.Name == leases.Name && row.Term > 0 && row.Address != leases.Self;

    /// <summary>
    /// A higher term is of a successor: or of a former holder after all, because somebody has deleted the lease, whose terms begin with the
    /// first one then. Only the lease can tell.
    /// </summary>
    /// <exception cref="MembershipException">The lease is of another silo.</exception>
    private async Task ConfirmAsync(SiloLeases leases, IEnumerable<MembershipRow> others, CancellationToken cancellation)
    {
        if (others.FirstOrDefault(row => row.Term >= leases.Term) is not { } other) return;
        if (!await leases.IsHeldAsync(time.GetUtcNow().UtcDateTime, cancellation))
            throw new MembershipException($"The lease of {leases.Name} is of the silo {other.Address} now: this silo is no member any more.");
    }

    private Task<bool> WriteAsync(MembershipEntry entry, string? etag, TableVersion next, CancellationToken cancellation)
    {
        var row = MembershipEntries.Row(entry, next.Version);
        var own = leases is not null && row.Address == leases.Self ? row = row with { Term = leases.Term } : null;
        var write = WriteAsync(row, own, etag, next, cancellation);
        return own is { Status: nameof(SiloStatus.Joining) or nameof(SiloStatus.Active) } ? JoinAsync(write, own, cancellation) : write;
    }

    /// <param name="row">The row to be.</param>
    /// <param name="own">The same, where it is that of this silo, with a lease beside the table.</param>
    /// <param name="etag">Of the row that it takes the place of; null where there must be none.</param>
    /// <param name="next">The version to be, with the e-tag of the version to be left.</param>
    /// <param name="cancellation">Ends it.</param>
    private async Task<bool> WriteAsync(MembershipRow row, MembershipRow? own, string? etag, TableVersion next, CancellationToken cancellation)
    {
        if (leases is not null) await AnnounceAsync(leases, own, next.Version, cancellation);
        var read = Volatile.Read(ref _last);
        return await ChangeAsync(
            read?.ETag == next.VersionEtag ? read : null,
            async current =>
            {
                var known = current.Rows.GetValueOrDefault(row.Address);
                if (current.ETag != next.VersionEtag || next.Version <= current.Version || known?.ETag() != etag) return null;
                if (own is null) return MembershipChange.Put(next.Version, row with { Term = known?.Term ?? 0 });
                await ConfirmAsync(leases!, current.Rows.Values.Where(other => IsOfSameWorker(other, leases!)), cancellation);
                return new(next.Version, [own], [.. FormerDead(current, own)]);
            },
            cancellation);
    }

    /// <summary>
    /// The dead silos of the same worker, all but the last one: so the table holds at most two rows of a worker, however often it was
    /// restarted within the hour for which Orleans keeps the dead.
    /// </summary>
    private static IEnumerable<MembershipRow> FormerDead(MembershipDocument current, MembershipRow own) => current.Rows.Values
        .Where(row => row.Name == own.Name && row.Term > 0 && row.Status == nameof(SiloStatus.Dead) && row.Address != own.Address)
        .OrderByDescending(row => row.Term)
        .Skip(1);

    /// <exception cref="MembershipException">The lease is of another silo, which has declared this one dead or will.</exception>
    private async Task AnnounceAsync(
        SiloLeases leases, MembershipRow? row, int version, CancellationToken cancellation, int ahead = SiloLeases.VersionsAhead)
    {
        if (!await leases.AnnounceAsync(row, version, time.GetUtcNow().UtcDateTime, ahead, cancellation))
            throw new MembershipException($"The lease of {leases.Name} is not of this silo any more, and so neither is its place in the membership.");
    }

    /// <summary>
    /// Decides over what is there and writes it, again where it has changed in between: that may have been no more than a
    /// silo that said that it is alive, which is no reason to fail.
    /// </summary>
    /// <param name="read">What was read just now, and is tried first; null where that may be old.</param>
    /// <param name="decide">What is to be written over what is there; null for nothing.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False where there was nothing to write, or others were faster every time.</returns>
    private async Task<bool> ChangeAsync(
        MembershipDocument? read, Func<MembershipDocument, Task<MembershipChange?>> decide, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var current = attempt == 1 && read is not null ? read : await CurrentAsync(cancellation);
            if (await decide(current) is not { } change) return false;
            if (await store.ChangeAsync(current, change, cancellation)) return true;
            await DelayAsync(attempt, cancellation);
        }

        return false;
    }

    /// <summary>Up to 10 ms, 20 ms, and so on to 100 ms, at random.</summary>
    private Task DelayAsync(int attempt, CancellationToken cancellation)
    {
        LogConflict(attempt);
        return Task.Delay(TimeSpan.FromMilliseconds(10 * Math.Min(attempt, 10) * Random.Shared.NextDouble()), time, cancellation);
    }

    [LoggerMessage(1, LogLevel.Debug, "Another silo wrote to the membership in between (attempt {Attempt}).")]
    private partial void LogConflict(int attempt);

    [LoggerMessage(2, LogLevel.Warning,
        "{Table} was gone, or had lost rows: made again with the {Rows} silos that hold a lease, as version {Version}. Nothing is to be " +
        "done; find out who deleted or edited it.")]
    private partial void LogRestored(string table, int rows, int version);

    [LoggerMessage(4, LogLevel.Warning, "This silo cannot join yet: {Table} cannot be read or written ({Problem}). Trying again.")]
    private partial void LogNotInitialized(string table, string problem);

    [LoggerMessage(3, LogLevel.Information,
        "The lease of {Silo} was taken from {Former}, so that silo is declared dead: nobody waits for it.")]
    private partial void LogFormerHolderDead(string silo, string former);
}
