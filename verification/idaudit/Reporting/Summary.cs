using System.Globalization;
using IdGenerator.Idaudit.Auditing;

namespace IdGenerator.Idaudit.Reporting;

/// <summary>The report for people: one line a check, examples below it.</summary>
internal static class Summary
{
    public static void Write(TextWriter output, Report report, Verdict verdict)
    {
        WriteLine(output, "IDs", Invariant($"{report.Ids:N0}"));
        WriteLine(output, "workers", Invariant($"{report.Workers:N0}"));
        if (report is { Earliest: { } earliest, Latest: { } latest })
        {
            WriteLine(output, "timestamps", $"{Moment.Format(earliest)} to {Moment.Format(latest)}");
        }

        WriteLine(output, "streams", Invariant($"{report.Streams.Count:N0}"));
        foreach (var stream in report.Streams.Where(stream => stream.Problem is not null))
        {
            output.WriteLine(Invariant($"  {stream.Name}: {stream.Problem} (after {stream.Ids:N0} IDs)"));
        }

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
