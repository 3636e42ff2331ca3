using IdGenerator.Http.Configuration;
using Microsoft.Extensions.Logging.Console;

namespace IdGenerator.Http.Hosting;

/// <summary>The log: standard output, one line for each event that an operator may have to act on, none for a request.</summary>
public static class Logs
{
    private const string UtcMilliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";

    public static void AddLogs(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Logging.AddLogs(settings);
        builder.Services.AddHostedService<LifetimeLog>();
    }

    internal static void AddLogs(this ILoggingBuilder logging, Settings settings)
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);
        if (settings.LogFormat == "json") logging.AddJsonConsole(Stamp);
        else logging.AddSimpleConsole(StampLine);
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
