using System.Diagnostics.CodeAnalysis;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;

namespace IdGenerator.KubernetesLeases;

/// <summary>
/// The record in a Lease, <c>RELEASE-worker-ID</c>. Linearizable, because the API server reads from etcd's quorum and writes
/// only over the resource version that was read. A Lease is never owned by a pod: it must outlive all of them.
/// Needs the verbs get, create and update on leases.coordination.k8s.io in the client's namespace.
/// Not promised: anything about Leases that somebody deletes, edits or restores from a backup, nor between two clusters.
/// </summary>
/// <param name="client">Of the namespace that holds the Lease.</param>
/// <param name="release">Begins the name: a DNS label of at most 53 characters, as Helm's release names are.</param>
/// <param name="worker">The worker ID.</param>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing that has to be freed.")]
public sealed class KubernetesLeaseStore(KubernetesClient client, string release, int worker) : INotedLeaseStore
{
    /// <summary>A note is written over the latest version; only people and tools that edit the Lease come in between.</summary>
    private const int NoteAttempts = 3;

    // One write at a time: a note and a renewal that overlap would each find that the other one came first.
    private readonly SemaphoreSlim _writing = new(1, 1);

    // As last seen, so that a write can replace the Lease together with what others have put into it.
    private Lease? _seen;

    // The record that this store wrote last, and the note that goes with each write of it.
    private LeaseRecord? _written;
    private SiloNote? _note;
    private long _writes;

    // A note was written over the first version and made the second one, with the same record.
    private (string? From, string? To) _noted;

    public string? Lock => null;

    public long Generation => Volatile.Read(ref _written)?.Generation ?? 0;

    private string Name => $"{release}-worker-{worker}";

    public async Task<StoredLease?> ReadAsync(CancellationToken cancellation) => Stored(await FindAsync(cancellation));

    public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            var stored = expectedVersion is null
                ? await CreateAsync(record, cancellation)
                : await ReplaceAsync(record, expectedVersion, cancellation);
            if (stored is null) return null;
            Volatile.Write(ref _written, stored.Record);
            Interlocked.Increment(ref _writes);
            return stored;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>A Lease with a new note has a new version; a later <see cref="WriteAsync"/> may still expect the one before it.</summary>
    /// <inheritdoc/>
    public async Task<bool> NoteAsync(SiloNote note, CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation);
        try
        {
            if (_written is not { Holder: not null }) return false;
            Volatile.Write(ref _note, note);
            var current = Volatile.Read(ref _seen);
            for (var attempt = 1; attempt <= NoteAttempts; attempt++)
            {
                if (current is null) throw new LeaseStoreException($"The Lease {Name} is gone; the next renewal writes it again.");
                if (!IsOfOurTerm(current)) return false;
                var noted = LeaseDocument.Write(note, _written.Generation, into: PodObjectOf(current));
                if ((await AnswerAsync(client.ReplaceAsync(Lease.Resource, noted, cancellation))).Value is { } written)
                {
                    var from = current.Metadata.ResourceVersion;
                    _noted = (from == _noted.To ? _noted.From : from, written.Metadata.ResourceVersion);
                    Volatile.Write(ref _seen, written);
                    Interlocked.Increment(ref _writes);
                    return true;
                }

                current = await FindAsync(cancellation);
            }

            throw new LeaseStoreException($"The Lease {Name} was written by others {NoteAttempts} times in a row.");
        }
        finally
        {
            _writing.Release();
        }
    }

    public long Writes => Interlocked.Read(ref _writes);

    public Task<IReadOnlyList<NotedLease>> ReadAllAsync(bool cached, CancellationToken cancellation) =>
        ReleaseLeases.ReadAsync(client, release, cached, cancellation);

    private async Task<StoredLease?> ReplaceAsync(LeaseRecord record, string expectedVersion, CancellationToken cancellation)
    {
        var current = Volatile.Read(ref _seen);
        if (!IsVersion(current, expectedVersion)) current = await FindAsync(cancellation);
        if (!IsVersion(current, expectedVersion)) return null;

        var result = await AnswerAsync(client.ReplaceAsync(Lease.Resource, Written(record, current!), cancellation));
        return Stored(result.Value);
    }

    // Only this store's own note lies between the two versions, and it was written over the first one by compare-and-swap: whoever has read
    // the record at the first version has read that of the second one.
    private bool IsVersion(Lease? lease, string expected) =>
        lease?.Metadata.ResourceVersion is { } version && (version == expected || (version == _noted.To && expected == _noted.From));

    private bool IsOfOurTerm(Lease lease) =>
        LeaseDocument.TryRead(lease, out var record, out _)
        && record.Holder?.Uid == _written!.Holder!.Uid
        && record.Generation == _written.Generation;

    /// <summary>The record, and the note of this process where it is the holder's.</summary>
    private Lease Written(LeaseRecord record, Lease into)
    {
        var lease = LeaseDocument.Write(record, PodObjectOf(into));
        return _note is { } note && record.Holder is not null && record.Generation == Generation
            ? LeaseDocument.Write(note, record.Generation, lease)
            : lease;
    }

    private Lease PodObjectOf(Lease lease) => lease with { Metadata = PodObject.Mark(lease.Metadata, release) };

    private async Task<StoredLease?> CreateAsync(LeaseRecord record, CancellationToken cancellation)
    {
        var lease = Written(record, new() { Metadata = new() { Name = Name } });
        var result = await AnswerAsync(client.CreateAsync(Lease.Resource, lease, cancellation));
        return result.Outcome == ApiOutcome.Absent
            ? throw new LeaseStoreException($"There is no namespace {client.Namespace}: {result.Message}") { IsFinal = true }
            : Stored(result.Value);
    }

    private async Task<Lease?> FindAsync(CancellationToken cancellation) =>
        (await AnswerAsync(client.GetAsync(Lease.Resource, Name, cancellation))).Value;

    /// <returns>An answer that is no fault: done, absent or conflict.</returns>
    private static async Task<ApiResult<Lease>> AnswerAsync(Task<ApiResult<Lease>> call)
    {
        try
        {
            var result = await call;
            return result.Outcome is ApiOutcome.Denied or ApiOutcome.Invalid
                ? throw new LeaseStoreException(result.Message) { IsFinal = true, IsDenied = result.Outcome == ApiOutcome.Denied }
                : result;
        }
        catch (KubernetesApiException e)
        {
            throw new LeaseStoreException(e.Message, e) { IsDenied = e.IsUnauthorized, RetryAfter = e.RetryAfter };
        }
    }

    private StoredLease? Stored(Lease? lease)
    {
        if (lease is null) return null;
        if (!LeaseDocument.TryRead(lease, out var record, out var fault))
        {
            throw new LeaseStoreException(
                $"The Lease {Name} in namespace {client.Namespace} is no record of worker ID {worker}: {fault}. " +
                "Nothing else says which timestamps are used: restore it, or delete it if no ID was ever issued under that " +
                "worker ID in this release.")
            { IsFinal = true };
        }

        Volatile.Write(ref _seen, lease);
        return new(record, lease.Metadata.ResourceVersion!);
    }
}
