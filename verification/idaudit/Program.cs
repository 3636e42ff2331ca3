using System.Globalization;
using IdGenerator.Idaudit;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using IdGenerator.Idaudit.Reporting;

// Dates and numbers are the same on every host, in whatever language.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException or ArgumentException)
{
    return Fail($"{failure.Message} (see --help)");
}

IReadOnlyList<string> streams =
    options.Help ? [] : options.Streams.Count > 0 ? options.Streams : [StreamReading.StandardInput];
if (StandardStreams.FindProblem(streams) is { } problem) return Fail(problem);
if (options.Help) return Write(Usage.Text, Verdict.Clean);

var audit = new Audit(options.Expectations);
try
{
    var report = Run();
    var verdict = Verdicts.Of(report, options.AllowCut);
    return Write(options.Json ? JsonReport.Format(report, verdict) : Summary.Format(report, verdict), verdict);
}
catch (Exception failure) when ((failure as AggregateException)?.InnerException is OutOfMemoryException
    || failure is OutOfMemoryException)
{
    return Fail($"out of memory at {audit.Count} IDs: 9 bytes an ID are needed, 16 if most are equal");
}

Report Run()
{
    var reading = new StreamReading(audit, options.Format, options.Column);
    using (new Progress(() => $"{audit.Count:N0} IDs read"))
    {
        foreach (var stream in streams) reading.ReadFile(stream);
    }

    using (new Progress(() => $"{audit.Count:N0} IDs, looking for duplicates")) return audit.Finish();
}

static int Write(string text, Verdict verdict)
{
    try
    {
        StandardStreams.Write(text);
        return (int)verdict;
    }
    catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
    {
        return Fail($"standard output: {failure.Message}");
    }
}

static int Fail(string message)
{
    StandardStreams.WriteError($"idaudit: {message}");
    return (int)Verdict.NoVerdict;
}
