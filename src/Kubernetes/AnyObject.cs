using System.Text.Json.Serialization.Metadata;

namespace IdGenerator.Kubernetes;

/// <summary>An object of which nothing but its metadata matters here.</summary>
public sealed record AnyObject : ApiObject
{
    /// <summary>Asks the server to leave out the rest (kubernetes.io/docs/reference/using-api/api-concepts, "Metadata-only fetches").</summary>
    internal const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    internal static JsonTypeInfo<AnyObject> Json => KubernetesJson.Default.AnyObject;

    /// <param name="group">The API group, such as <c>apps</c>; empty for the core group.</param>
    /// <param name="plural">The name in paths and in RBAC rules, such as <c>statefulsets</c>.</param>
    public static ApiResource<AnyObject> Resource(string group, string plural) => new(group, "v1", plural, Json);
}
