using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reporting;

/// <summary>The report for programs: one JSON object; null where something was not checked.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    public static string Format(Report report, Verdict verdict)
    {
        var document = JsonSerializer.SerializeToNode(report, Options)!.AsObject();
        document.Insert(0, "verdict", JsonSerializer.SerializeToNode(verdict, Options));
        return $"{document.ToJsonString(Options)}\n";
    }
}
