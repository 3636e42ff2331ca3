using IdGenerator.Idaudit;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using IdGenerator.Idaudit.Reporting;

Options options;
try
{
    options = Options.Parse(args);
}
catch (Exception failure) when (failure is FormatException or IOException or UnauthorizedAccessException)
{
    return Fail($"{failure.Message} (see --help)");
}

if (options.Help)
{
    Console.Write(Usage.Text);
    return (int)Verdict.Clean;
}

IReadOnlyList<string> streams = options.Streams.Count > 0 ? options.Streams : [StreamReading.StandardInput];
if (streams.Contains(StreamReading.StandardInput) && !Console.IsInputRedirected)
{
    return Fail("standard input is a terminal: name files, or pipe IDs in (see --help)");
}

var audit = new Audit(options.Expectations);
try
{
    var report = Run();
    var verdict = Verdicts.Of(report, options.AllowCut);
    if (options.Json) JsonReport.Write(Console.Out, report, verdict);
    else Summary.Write(Console.Out, report, verdict);
    return (int)verdict;
}
catch (Exception failure) when ((failure as AggregateException)?.InnerException is OutOfMemoryException
    || failure is OutOfMemoryException)
{
    return Fail($"out of memory at {audit.Count} IDs: 9 bytes an ID are needed, 16 if most are equal");
}

Report Run()
{
    var reading = new StreamReading(audit, options.Format);
    using (new Progress(() => $"{audit.Count:N0} IDs read"))
    {
        foreach (var stream in streams) reading.ReadFile(stream);
    }

    using (new Progress(() => $"{audit.Count:N0} IDs, looking for duplicates")) return audit.Finish();
}

static int Fail(string message)
{
    Console.Error.WriteLine($"idaudit: {message}");
    return (int)Verdict.NoVerdict;
}
