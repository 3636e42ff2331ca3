using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator.Kubernetes;

/// <summary>RFC 3339 in UTC with six digits of a second: the API's <c>MicroTime</c>, which insists on all six.</summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
}
