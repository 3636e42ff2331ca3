using System.Text.Json.Serialization.Metadata;

namespace IdGenerator.Kubernetes;

/// <summary>An object without all but its metadata
/// (kubernetes.io/docs/reference/using-api/api-concepts, "Metadata-only fetches").</summary>
public sealed record ObjectHead : ApiObject
{
    internal const string MediaType = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    internal static JsonTypeInfo<ObjectHead> Json => KubernetesJson.Default.ObjectHead;
}
