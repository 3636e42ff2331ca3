namespace IdGenerator.Idaudit.Auditing;

/// <summary>What comes of an audit; the numbers are the exit codes of the process.</summary>
internal enum Verdict
{
    Clean = 0,
    Violations = 1,
    NoVerdict = 2,
}

internal static class Verdicts
{
    /// <summary>
    /// <see cref="Verdict.NoVerdict"/> goes before violations, as the report is then not of all IDs. No IDs at all are no
    /// verdict either: an empty file must not pass for a clean one.
    /// </summary>
    /// <param name="report">What was found.</param>
    /// <param name="allowCut">Streams that end too early are as good as whole ones.</param>
    public static Verdict Of(Report report, bool allowCut)
    {
        var isPartial = report.Streams.Any(stream => stream.Problem is not null && !(stream.IsCut && allowCut));
        if (isPartial || report.Ids + report.Invalid.Count == 0) return Verdict.NoVerdict;
        return CountViolations(report) > 0 ? Verdict.Violations : Verdict.Clean;
    }

    private static long CountViolations(Report report) =>
        report.Duplicates.Repeats
        + (report.Order?.Count ?? 0) + (report.Reserved?.Count ?? 0) + (report.Clock?.Count ?? 0)
        + report.Invalid.Count;
}
