using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator.Kubernetes;

/// <summary>A <c>Lease</c> of <c>coordination.k8s.io/v1</c>.</summary>
public sealed record Lease : ApiObject
{
    public static ApiResource<Lease> Resource { get; } =
        new("coordination.k8s.io", "v1", "leases", KubernetesJson.Default.Lease);

    public Lease() => (ApiVersion, Kind) = ("coordination.k8s.io/v1", "Lease");

    public LeaseSpec Spec { get; init; } = new();
}

/// <summary>
/// What <c>kubectl get lease</c> shows
/// (kubernetes.io/docs/reference/kubernetes-api/cluster-resources/lease-v1).
/// </summary>
public sealed record LeaseSpec
{
    public string? HolderIdentity { get; init; }

    /// <summary>Greater than 0.</summary>
    public int? LeaseDurationSeconds { get; init; }

    public DateTimeOffset? AcquireTime { get; init; }

    public DateTimeOffset? RenewTime { get; init; }

    public int? LeaseTransitions { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}
