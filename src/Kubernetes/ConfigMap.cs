namespace IdGenerator.Kubernetes;

/// <summary>A core/v1 <c>ConfigMap</c>. The API server takes up to 1 MiB of values in one.</summary>
public sealed record ConfigMap : ApiObject
{
    public static ApiResource<ConfigMap> Resource { get; } = new("", "v1", "configmaps", KubernetesJson.Default.ConfigMap);

    public ConfigMap() => (ApiVersion, Kind) = ("v1", "ConfigMap");

    /// <summary>Keys consist of letters, digits, dots, dashes and underscores. Null for none.</summary>
    public IReadOnlyDictionary<string, string>? Data { get; init; }
}
