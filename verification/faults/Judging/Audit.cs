using System.Diagnostics;
using System.Text.Json.Nodes;
using IdGenerator.Testing;

namespace IdGenerator.Faults;

/// <summary>The verdict of idaudit over all streams.</summary>
internal sealed record Audit(ExitCode Verdict, long Ids, long Duplicates, long Order, string Text)
{
    public static async Task<Audit> OfAsync(IEnumerable<string> streams, string directory)
    {
        var command = Programs.Command(Programs.Idaudit);
        var start = new ProcessStartInfo(command[0], [.. command[1..], "--format", "binary", "--json", .. streams])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await File.WriteAllTextAsync(Path.Combine(directory, "audit.json"), text);
        var report = text.Length > 0 ? JsonNode.Parse(text) : null;
        return new(
            Enum.IsDefined((ExitCode)process.ExitCode) ? (ExitCode)process.ExitCode : ExitCode.NoVerdict,
            (long?)report?["ids"] ?? 0,
            (long?)report?["duplicates"]?["repeats"] ?? 0,
            (long?)report?["order"]?["count"] ?? 0,
            text);
    }
}
