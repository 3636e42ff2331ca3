using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;

namespace IdGenerator.Membership;

/// <summary>
/// The ConfigMap <c>RELEASE-membership</c>. Linearizable, because the API server reads from etcd's quorum and makes a
/// conditional patch over one resource version only.
/// Needs the verbs get, create and patch on configmaps in the client's namespace; to read alone, get.
/// </summary>
/// <param name="client">Of the namespace that holds it.</param>
/// <param name="release">Begins its name: a DNS label of at most 53 characters, as Helm's release names are.</param>
/// <param name="cluster">Orleans' cluster ID; an object of another is refused.</param>
public sealed class MembershipStore(KubernetesClient client, string release, string cluster)
{
    private readonly string _name = $"{release}-membership";

    public string Cluster => cluster;

    /// <summary>For messages.</summary>
    public string Subject => $"The ConfigMap {_name} in namespace {client.Namespace}";

    /// <returns>Null where there is no object.</returns>
    /// <exception cref="MembershipException">It is no membership of the cluster, or may not be read.</exception>
    /// <exception cref="KubernetesApiException">There was no decision.</exception>
    public async Task<MembershipDocument?> ReadAsync(CancellationToken cancellation)
    {
        var map = Answer(await client.GetAsync(ConfigMap.Resource, _name, cancellation)).Value;
        if (map is null) return null;
        if (!MembershipDocument.TryRead(map, out var document, out var fault))
        {
            throw new MembershipException(
                $"{Subject} is no membership: \"{fault}\" is missing or wrong. Delete it and restart the silos.");
        }

        return document.Cluster == cluster ? document : throw new MembershipException(
            $"{Subject} is of the cluster \"{document.Cluster}\", not \"{cluster}\". Delete it once that runs no more, or use " +
            "another release name.");
    }

    /// <summary>Makes the object, unless somebody else has.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task CreateAsync(int version, CancellationToken cancellation)
    {
        var result = Answer(await client.CreateAsync(ConfigMap.Resource, New(version), cancellation));
        if (result.Outcome == ApiOutcome.Absent) throw new MembershipException(result.Message);
    }

    /// <returns>False where others have written in between, or the object is gone.</returns>
    /// <inheritdoc cref="ReadAsync"/>
    public async Task<bool> PatchAsync(JsonObject patch, CancellationToken cancellation) =>
        Answer(await client.PatchAsync(ConfigMap.Resource, _name, patch, cancellation)).IsDone;

    private ConfigMap New(int version) => new()
    {
        Metadata = new()
        {
            Name = _name,
            Labels = new Dictionary<string, string>
            {
                ["app.kubernetes.io/name"] = "id-generator",
                ["app.kubernetes.io/instance"] = release,
            },
        },
        Data = new Dictionary<string, string>
        {
            [MembershipKeys.Cluster] = cluster,
            [MembershipKeys.Version] = MembershipKeys.Text(version),
        },
    };

    private static ApiResult<ConfigMap> Answer(ApiResult<ConfigMap> result) =>
        result.Outcome is ApiOutcome.Denied or ApiOutcome.Invalid ? throw new MembershipException(result.Message) : result;
}
