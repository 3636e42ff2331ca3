using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Membership;

/// <summary>
/// Orleans' membership in one object of the API server (<see cref="MembershipStore"/>).
/// <para>
/// Promised: version and rows change together or not at all, and are read together; a write over a version or a row that
/// has changed since is false, not an exception; saying to be alive changes no version and no e-tag, makes no other write
/// fail, and brings no removed row back. Where the object was deleted, every call fails until a silo starts: that makes a
/// new one, of a higher version, in which the silos that run find themselves missing, stop and join again.
/// </para>
/// Not promised: anything about an object that somebody edits or restores from a backup, nor between two clusters.
/// </summary>
public sealed partial class KubernetesMembershipTable(
    MembershipStore store, TimeProvider time, ILogger<KubernetesMembershipTable> logger) : IMembershipTable
{
    /// <summary>
    /// An attempt reads and then writes, and fails where any silo has said in between that it is alive. With 1,024 silos that say
    /// so every 30 s, a third of the attempts may meet one of them; beside a slow API server nine in ten, and then 3 writes in
    /// 100,000 need more than 100 attempts.
    /// </summary>
    private const int Attempts = 100;

    public async Task InitializeMembershipTableAsync(
        bool tryInitTableVersion, CancellationToken cancellationToken = default)
    {
        if (await store.ReadAsync(cancellationToken) is not null || !tryInitTableVersion) return;

        await store.CreateAsync(FirstVersion.At(time.GetUtcNow()), cancellationToken);
        // Also where another silo was faster: that may have been one of another cluster.
        await CurrentAsync(cancellationToken);
    }

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default) =>
        MembershipEntries.Table(await CurrentAsync(cancellationToken), _ => true);

    public async Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default)
    {
        var address = key.ToParsableString();
        return MembershipEntries.Table(await CurrentAsync(cancellationToken), row => row.Address == address);
    }

    public Task<bool> InsertRowAsync(
        MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(entry, etag: null, tableVersion, cancellationToken);

    public Task<bool> UpdateRowAsync(
        MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        WriteAsync(entry, etag, tableVersion, cancellationToken);

    public async Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default)
    {
        var patch = MembershipPatch.Alive(entry.SiloAddress.ToParsableString(), MembershipEntries.Utc(entry.IAmAliveTime));
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            // The API server gives up on an unconditional patch too, when too many others write.
            if (await store.PatchAsync((JsonObject)patch.DeepClone(), cancellationToken)) return;
            await CurrentAsync(cancellationToken);
            await DelayAsync(attempt, cancellationToken);
        }

        throw new MembershipException($"{store.Subject} was written by others {Attempts} times in a row.");
    }

    /// <summary>Removes silos that are not active and of which nothing was heard since, not even a suspicion.</summary>
    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default) =>
        ChangeAsync(
            current => current.Keep(row => row.Status == nameof(SiloStatus.Active) || row.LastHeard() >= beforeDate.UtcDateTime),
            cancellationToken);

    public async Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default)
    {
        if (clusterId == store.Cluster && await store.ReadAsync(cancellationToken) is not null)
            await ChangeAsync(current => current.Clear(), cancellationToken);
    }

    /// <param name="entry">The row.</param>
    /// <param name="etag">Of the row that it takes the place of; null where there must be none.</param>
    /// <param name="next">The version to be, with the e-tag of the version to be left.</param>
    /// <param name="cancellation">Ends it.</param>
    private Task<bool> WriteAsync(MembershipEntry entry, string? etag, TableVersion next, CancellationToken cancellation)
    {
        var row = MembershipEntries.Row(entry, next.Version);
        return ChangeAsync(
            current => current.ETag == next.VersionEtag
                && next.Version > current.Version
                && current.Rows.GetValueOrDefault(row.Address)?.ETag() == etag
                ? current.Put(row)
                : null,
            cancellation);
    }

    /// <summary>
    /// Decides over what is there and writes it, again where it has changed in between: that may have been no more than a
    /// silo that said that it is alive, which is no reason to fail.
    /// </summary>
    /// <returns>False where there was nothing to write, or others were faster every time.</returns>
    private async Task<bool> ChangeAsync(Func<MembershipDocument, JsonObject?> decide, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (decide(await CurrentAsync(cancellation)) is not { } patch) return false;
            if (await store.PatchAsync(patch, cancellation)) return true;
            await DelayAsync(attempt, cancellation);
        }

        return false;
    }

    private async Task<MembershipDocument> CurrentAsync(CancellationToken cancellation) =>
        await store.ReadAsync(cancellation) ?? throw new MembershipException(
            $"{store.Subject} is gone. The next silo that starts makes a new one, and all others join that: restart one.");

    /// <summary>Up to 10 ms, 20 ms, and so on to 100 ms, at random.</summary>
    private Task DelayAsync(int attempt, CancellationToken cancellation)
    {
        LogConflict(attempt);
        return Task.Delay(TimeSpan.FromMilliseconds(10 * Math.Min(attempt, 10) * Random.Shared.NextDouble()), time, cancellation);
    }

    [LoggerMessage(1, LogLevel.Debug, "Another silo wrote to the membership in between (attempt {Attempt}).")]
    private partial void LogConflict(int attempt);
}
