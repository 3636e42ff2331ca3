namespace IdGenerator.Kubernetes;

/// <summary>Leases as the API server lists them.</summary>
public sealed record LeaseList : ApiObject
{
    public static ApiResource<LeaseList> Resource { get; } =
        new("coordination.k8s.io", "v1", "leases", KubernetesJson.Default.LeaseList);

    public IReadOnlyList<Lease> Items { get; init; } = [];

    internal override bool IsWhole => Metadata?.ResourceVersion is not null && Items?.All(lease => lease is { IsWhole: true }) == true;
}
