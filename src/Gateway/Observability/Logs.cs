using IdGenerator.Gateway.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace IdGenerator.Gateway.Observability;

/// <summary>The log: standard output, one line for each event that an operator may have to act on, none for a request.</summary>
public static class Logs
{
    private const string UtcMilliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    /// <summary>
    /// The values of <c>LOG_FORMAT</c>, the usual one first: for machines in a container, for people on a terminal and
    /// elsewhere.
    /// </summary>
    internal static string[] Formats(SettingsReader settings)
    {
        var inContainer = settings.Text("DOTNET_RUNNING_IN_CONTAINER") is "true" or "1"
            || settings.Text("KUBERNETES_SERVICE_HOST") is not null;
        return inContainer && Console.IsOutputRedirected ? ["json", "text"] : ["text", "json"];
    }

    public static void AddLogs(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        if (settings.LogFormat == "json") builder.Logging.AddJsonConsole(Stamp);
        else builder.Logging.AddSimpleConsole(StampLine);
        builder.Services.AddHostedService<LifetimeLog>();
    }

    private static void Stamp(ConsoleFormatterOptions console)
    {
        console.TimestampFormat = UtcMilliseconds;
        console.UseUtcTimestamp = true;
    }

    private static void StampLine(SimpleConsoleFormatterOptions console)
    {
        Stamp(console);
        console.SingleLine = true;
    }
}
