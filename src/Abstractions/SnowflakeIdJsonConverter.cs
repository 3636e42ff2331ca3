using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator;

/// <summary>
/// Writes an ID as a string of digits, because JavaScript rounds numbers above 2⁵³. Reads such a string, and a number too, as other
/// services may write them.
/// </summary>
public sealed class SnowflakeIdJsonConverter : JsonConverter<SnowflakeId>
{
    public override SnowflakeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) && number >= 0) return new(number);
        if (reader.TokenType == JsonTokenType.String && SnowflakeId.TryParse(reader.GetString(), out var id)) return id;
        throw new JsonException("An ID is a string of decimal digits, 0 to 9223372036854775807.");
    }

    public override void Write(Utf8JsonWriter writer, SnowflakeId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    public override SnowflakeId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        SnowflakeId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("An ID is a string of decimal digits.");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, SnowflakeId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString());
}
