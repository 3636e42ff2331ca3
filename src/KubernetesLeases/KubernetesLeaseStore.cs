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
public sealed class KubernetesLeaseStore(KubernetesClient client, string release, int worker) : ILeaseStore
{
    // As last seen, so that a write can replace the Lease together with what others have put into it.
    private Lease? _seen;

    public string? Lock => null;

    private string Name => $"{release}-worker-{worker}";

    public async Task<StoredLease?> ReadAsync(CancellationToken cancellation) => Stored(await FindAsync(cancellation));

    public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        if (expectedVersion is null) return await CreateAsync(record, cancellation);

        var current = Volatile.Read(ref _seen);
        if (current?.Metadata.ResourceVersion != expectedVersion) current = await FindAsync(cancellation);
        if (current?.Metadata.ResourceVersion != expectedVersion) return null;

        var replaced = LeaseDocument.Write(record, into: current!);
        var result = await AnswerAsync(client.ReplaceAsync(Lease.Resource, replaced, cancellation));
        return Stored(result.Value);
    }

    private async Task<StoredLease?> CreateAsync(LeaseRecord record, CancellationToken cancellation)
    {
        var lease = LeaseDocument.Write(record, into: New());
        var result = await AnswerAsync(client.CreateAsync(Lease.Resource, lease, cancellation));
        return result.Outcome == ApiOutcome.Absent
            ? throw new LeaseStoreException($"There is no namespace {client.Namespace}: {result.Message}") { IsFinal = true }
            : Stored(result.Value);
    }

    private Lease New() => new()
    {
        Metadata = new()
        {
            Name = Name,
            Labels = new Dictionary<string, string>
            {
                ["app.kubernetes.io/name"] = "id-generator",
                ["app.kubernetes.io/instance"] = release,
            },
        },
    };

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
