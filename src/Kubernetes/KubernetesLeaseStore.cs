using System.Collections.Concurrent;
using IdGenerator.Leases;

namespace IdGenerator.Kubernetes;

/// <summary>
/// One Lease a worker, <c>RELEASE-worker-ID</c>. Linearizable, because the API server reads from etcd's quorum and writes
/// only over the resource version that was read. A Lease is never owned by a pod: it must outlive all of them.
/// Needs the verbs get, create and update on leases.coordination.k8s.io in the client's namespace.
/// Not promised: anything about Leases that somebody deletes, edits or restores from a backup, nor between two clusters.
/// </summary>
/// <param name="client">Of the namespace that holds the Leases.</param>
/// <param name="release">Begins their names: a DNS label of at most 53 characters, as Helm's release names are.</param>
public sealed class KubernetesLeaseStore(KubernetesClient client, string release) : ILeaseStore
{
    // As last seen, so that a write can replace a Lease together with what others have put into it.
    private readonly ConcurrentDictionary<int, Lease> _seen = new();

    public string? Lock => null;

    public async Task<StoredLease?> ReadAsync(int worker, CancellationToken cancellation) =>
        await FindAsync(worker, cancellation) is { } lease ? Stored(worker, lease) : null;

    public async Task<StoredLease?> WriteAsync(
        int worker, LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        if (expectedVersion is null) return await CreateAsync(worker, record, cancellation);

        if (_seen.GetValueOrDefault(worker) is not { } current || current.Metadata.ResourceVersion != expectedVersion)
            current = await FindAsync(worker, cancellation);
        if (current?.Metadata.ResourceVersion != expectedVersion) return null;

        var replaced = LeaseDocument.Write(record, into: current!);
        var result = await AnswerAsync(client.ReplaceAsync(Lease.Resource, replaced, cancellation));
        return Stored(worker, result.Value);
    }

    private async Task<StoredLease?> CreateAsync(int worker, LeaseRecord record, CancellationToken cancellation)
    {
        var lease = LeaseDocument.Write(record, into: New(worker));
        var result = await AnswerAsync(client.CreateAsync(Lease.Resource, lease, cancellation));
        return result.Outcome == ApiOutcome.Absent
            ? throw new LeaseStoreException($"There is no namespace {client.Namespace}: {result.Message}") { IsFinal = true }
            : Stored(worker, result.Value);
    }

    private string Name(int worker) => $"{release}-worker-{worker}";

    private Lease New(int worker) => new()
    {
        Metadata = new()
        {
            Name = Name(worker),
            Labels = new Dictionary<string, string>
            {
                ["app.kubernetes.io/name"] = "id-generator",
                ["app.kubernetes.io/instance"] = release,
            },
        },
    };

    private async Task<Lease?> FindAsync(int worker, CancellationToken cancellation) =>
        (await AnswerAsync(client.GetAsync(Lease.Resource, Name(worker), cancellation))).Value;

    /// <returns>An answer that is no fault: done, absent or conflict.</returns>
    private static async Task<ApiResult<Lease>> AnswerAsync(Task<ApiResult<Lease>> call)
    {
        try
        {
            var result = await call;
            return result.Outcome is ApiOutcome.Denied or ApiOutcome.Invalid
                ? throw new LeaseStoreException(result.Message) { IsFinal = true }
                : result;
        }
        catch (KubernetesApiException e)
        {
            throw new LeaseStoreException(e.Message, e) { RetryAfter = e.RetryAfter };
        }
    }

    private StoredLease? Stored(int worker, Lease? lease)
    {
        if (lease is null) return null;
        if (!LeaseDocument.TryRead(lease, out var record, out var fault))
        {
            throw new LeaseStoreException(
                $"The Lease {Name(worker)} in namespace {client.Namespace} is no record of worker ID {worker}: {fault}. " +
                "Nothing else says which timestamps are used: restore it, or delete it if no ID was ever issued under that " +
                "worker ID in this release.")
            { IsFinal = true };
        }

        _seen[worker] = lease;
        return new(record, lease.Metadata.ResourceVersion!);
    }
}
