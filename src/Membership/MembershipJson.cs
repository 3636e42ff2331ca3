using System.Text.Json.Serialization;

namespace IdGenerator.Membership;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MembershipRow))]
internal sealed partial class MembershipJson : JsonSerializerContext;
