namespace IdGenerator.Observability.Tests;

/// <summary>A test that needs Debian's package <c>prometheus</c>, which has <c>promtool</c> too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    private static readonly bool IsInstalled = Find("prometheus") && Find("promtool");

    public PrometheusFactAttribute()
    {
        if (!IsInstalled) Skip = "prometheus and promtool are not on the PATH (Debian: apt-get install prometheus)";
    }

    private static bool Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(directory => File.Exists(Path.Combine(directory, program)));
}
