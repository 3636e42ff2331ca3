using IdGenerator.Kubernetes;
using IdGenerator.Membership;

namespace IdGenerator.KubernetesMembership;

/// <summary>
/// The ConfigMap <c>RELEASE-membership</c>. Writes are linearizable, because the API server replaces an object over one resource
/// version only; reads too, because it reads from etcd's quorum, unless they are asked for as cached.
/// Needs the verbs get, create, update and patch on configmaps in the client's namespace; to read alone, get.
/// </summary>
/// <param name="client">Of the namespace that holds it.</param>
/// <param name="release">Begins its name: a DNS label of at most 53 characters, as Helm's release names are.</param>
/// <param name="cluster">Orleans' cluster ID; an object of another is refused.</param>
public sealed class KubernetesMembershipStore(KubernetesClient client, string release, string cluster) : IMembershipStore
{
    private readonly string _name = $"{release}-membership";

    // As last read from etcd's quorum. What it takes to read the object whole grows with the silos; to ask whether it has changed costs
    // the API server nearly as much where it asks etcd, and next to nothing where it looks into its memory.
    private Reading? _read;

    // Begun or done. The API server's memory may not show them yet, so what was read before the last of them does not count any more.
    private int _writes;

    public string Cluster => cluster;

    public string Subject => $"The ConfigMap {_name} in namespace {client.Namespace}";

    /// <summary>
    /// Where it may be cached, the last document is given once more as long as the API server's memory shows its resource version;
    /// anything else is read whole.
    /// </summary>
    /// <inheritdoc/>
    /// <exception cref="KubernetesApiException">There was no decision.</exception>
    public async Task<MembershipDocument?> ReadAsync(bool cached, CancellationToken cancellation)
    {
        var writes = Volatile.Read(ref _writes);
        var last = Volatile.Read(ref _read);
        if (cached && last is { } read && read.Writes == writes)
        {
            var head = Answer(await client.GetHeadAsync(ConfigMap.Resource, _name, cached: true, cancellation)).Value;
            if (head?.Metadata.ResourceVersion == read.Document.Source.Metadata.ResourceVersion) return read.Document;
        }

        var map = Answer(await client.GetAsync(ConfigMap.Resource, _name, cancellation)).Value;
        if (map is null) return null;
        if (map.Data is not { Count: > 0 }) return ConfigMapDocument.Emptied(map, cluster);
        if (!ConfigMapDocument.TryRead(map, out var document, out var fault))
        {
            throw new MembershipException(
                $"{Subject} is no membership: \"{fault}\" is missing or wrong. Delete it: a silo makes it again.");
        }

        if (document.Cluster != cluster)
        {
            throw new MembershipException(
                $"{Subject} is of the cluster \"{document.Cluster}\", not \"{cluster}\". Delete it once that runs no more, or use " +
                "another release name.");
        }

        // Nobody knows which of two reads at once is the older one: the next one is read whole.
        if (Interlocked.CompareExchange(ref _read, new(document, writes), last) != last) Volatile.Write(ref _read, null);
        return document;
    }

    public async Task<bool> CreateAsync(int version, IReadOnlyCollection<MembershipRow> rows, CancellationToken cancellation)
    {
        var result = await WriteAsync(() => client.CreateAsync(ConfigMap.Resource, New(version, rows), cancellation));
        return result.Outcome == ApiOutcome.Absent ? throw new MembershipException(result.Message) : result.IsDone;
    }

    public Task<bool> ChangeAsync(MembershipDocument over, MembershipChange change, CancellationToken cancellation) =>
        IsDoneAsync(() => client.ReplaceAsync(ConfigMap.Resource, ConfigMapChange.Of((ConfigMapDocument)over, change, release), cancellation));

    /// <summary>The API server gives up on an unconditional patch too, when too many others write.</summary>
    /// <inheritdoc/>
    public Task<bool> SayAliveAsync(string address, DateTime utc, CancellationToken cancellation) =>
        IsDoneAsync(() => client.PatchAsync(ConfigMap.Resource, _name, ConfigMapChange.Alive(address, utc), cancellation));

    private async Task<bool> IsDoneAsync(Func<Task<ApiResult<ConfigMap>>> write) => (await WriteAsync(write)).IsDone;

    private async Task<ApiResult<ConfigMap>> WriteAsync(Func<Task<ApiResult<ConfigMap>>> write)
    {
        // Before and after it: a read that ran beside it may have seen what was there before.
        Interlocked.Increment(ref _writes);
        try
        {
            return Answer(await write());
        }
        finally
        {
            Interlocked.Increment(ref _writes);
        }
    }

    private ConfigMap New(int version, IEnumerable<MembershipRow> rows)
    {
        var data = new Dictionary<string, string>
        {
            [ConfigMapKeys.Cluster] = cluster,
            [ConfigMapKeys.Version] = ConfigMapKeys.Text(version),
        };
        foreach (var (key, value) in rows.SelectMany(ConfigMapKeys.Of)) data[key] = value;
        return new() { Metadata = PodObject.Mark(new() { Name = _name }, release), Data = data };
    }

    private sealed record Reading(ConfigMapDocument Document, int Writes);

    internal static ApiResult<T> Answer<T>(ApiResult<T> result)
        where T : ApiObject =>
        result.Outcome is ApiOutcome.Denied or ApiOutcome.Invalid ? throw new MembershipException(result.Message) : result;
}
