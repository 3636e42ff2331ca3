using System.Text.Json.Serialization;

namespace IdGenerator.Http.Api;

/// <summary>How the bodies of the API are written: source-generated, in snake_case, without null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DecodeEndpoint.DecodedBody))]
[JsonSerializable(typeof(HealthEndpoints.HealthBody))]
[JsonSerializable(typeof(WorkersEndpoint.WorkersBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
