using System.Globalization;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reporting;

/// <summary>The report for people: one line a check, examples below it.</summary>
internal static class Summary
{
    public static string Format(Report report, Verdict verdict)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        WriteLine(output, "IDs", Invariant($"{report.Ids:N0}"));
        WriteLine(output, "workers", Invariant($"{report.Workers:N0}"));
        if (report is { Earliest: { } earliest, Latest: { } latest })
        {
            WriteLine(output, "timestamps", $"{Moment.Format(earliest)} to {Moment.Format(latest)}");
        }

        WriteLine(output, "streams", Invariant($"{report.Streams.Count:N0}"));
        foreach (var stream in report.Streams) output.WriteLine($"  {stream.Name}: {Describe(stream)}");

        WriteDuplicates(output, report.Duplicates);
        WriteTally(output, "order", report.Order);
        WriteTally(output, "outside reserved", report.Reserved);
        WriteTally(output, "off the clock", report.Clock);
        WriteTally(output, "invalid values", report.Invalid);
        output.WriteLine(verdict switch
        {
            Verdict.Clean => "clean",
            Verdict.Violations => "VIOLATIONS",
            _ => "NO VERDICT",
        });
        return output.ToString();
    }

    private static string Describe(AuditedStream stream)
    {
        var format = stream.Format is { } known ? known.ToString().ToLowerInvariant() : "unknown format";
        var column = stream.Column is { } chosen ? Invariant($", column {chosen.Number}") : "";
        var header = stream.Column?.Header is { } name ? $" (header: {Shown.Of(name)})" : "";
        var ids = Invariant($"{stream.Ids:N0} IDs");
        var end = stream.Problem is { } problem ? $"{problem} (after {ids})" : ids;
        return $"{format}{column}{header}: {end}";
    }

    private static void WriteDuplicates(TextWriter output, DuplicateReport duplicates)
    {
        var ids = duplicates.Repeats == 0 ? "" : Invariant($" (of {duplicates.Ids:N0} IDs)");
        WriteLine(output, "duplicates", Invariant($"{duplicates.Repeats:N0}{ids}"));
        foreach (var id in duplicates.Examples)
        {
            output.WriteLine($"  {id.Value} at {string.Join(", ", id.Seen.Select(Place))}");
        }
    }

    private static void WriteTally(TextWriter output, string name, Tally? tally)
    {
        WriteLine(output, name, tally is null ? "not checked" : Invariant($"{tally.Count:N0}"));
        foreach (var example in tally?.Examples ?? [])
        {
            output.WriteLine($"  {example.Value} at {Place(example.Seen)} {example.Reason}");
        }
    }

    private static void WriteLine(TextWriter output, string name, string value) => output.WriteLine($"{name,-17} {value}");

    private static string Place(Sighting seen) => Invariant($"{seen.Stream}#{seen.Position}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
