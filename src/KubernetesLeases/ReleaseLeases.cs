using IdGenerator.Kubernetes;
using IdGenerator.Leases;

namespace IdGenerator.KubernetesLeases;

/// <summary>The leases of all workers of a release. Needs the verb list on leases.coordination.k8s.io in the client's namespace.</summary>
internal static class ReleaseLeases
{
    /// <param name="client">Of the namespace that holds them.</param>
    /// <param name="release">Begins their names.</param>
    /// <param name="cached">
    /// True for what the API server has in memory, which may be some seconds old; false for all that was written before this call.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="LeaseStoreException">There was no answer, or the role lacks the verb.</exception>
    public static async Task<IReadOnlyList<NotedLease>> ReadAsync(
        KubernetesClient client, string release, bool cached, CancellationToken cancellation)
    {
        try
        {
            var result = await client.ListAsync(LeaseList.Resource, $"{PodObject.ReleaseLabel}={release}", cached, cancellation);
            if (!result.IsDone) throw new LeaseStoreException(result.Message) { IsFinal = true };
            return
            [
                .. result.Value.Items.SelectMany(lease =>
                    LeaseDocument.TryRead(lease, out var record, out _) ? [LeaseDocument.Read(lease, record)] : Array.Empty<NotedLease>()),
            ];
        }
        catch (KubernetesApiException e)
        {
            throw new LeaseStoreException(e.Message, e) { RetryAfter = e.RetryAfter };
        }
    }
}
