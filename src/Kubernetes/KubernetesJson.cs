using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace IdGenerator.Kubernetes;

/// <summary>
/// The JSON of the API server. Contexts of other kinds need the same options: a null where there must be an object is then
/// an error, and what is not set is not sent.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(MicroTimeConverter)])]
[JsonSerializable(typeof(AnyObject))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(LeaseList))]
[JsonSerializable(typeof(PodEvent))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(StatusText.ApiStatus))]
internal sealed partial class KubernetesJson : JsonSerializerContext;
