using System.Text.Json.Nodes;
using IdGenerator.Testing;

namespace IdGenerator.Faults;

/// <summary>The verdict of idaudit over all streams.</summary>
internal sealed record AuditResult(ExitCode Verdict, long Ids, long Duplicates, long Order, string Text)
{
    public static async Task<AuditResult> OfAsync(IEnumerable<string> streams, string directory)
    {
        var command = Programs.Command(Programs.Idaudit);
        var (exitCode, text, _) = await ChildProcess.RunAsync(
            command[0], [.. command[1..], "--format", "binary", "--json", .. streams]);
        await File.WriteAllTextAsync(Path.Combine(directory, "audit.json"), text);
        var report = text.Length > 0 ? JsonNode.Parse(text) : null;
        return new(
            Enum.IsDefined((ExitCode)exitCode) ? (ExitCode)exitCode : ExitCode.NoVerdict,
            (long?)report?["ids"] ?? 0,
            (long?)report?["duplicates"]?["repeats"] ?? 0,
            (long?)report?["order"]?["count"] ?? 0,
            text);
    }
}
