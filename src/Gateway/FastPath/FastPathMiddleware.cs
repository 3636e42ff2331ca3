using IdGenerator.Gateway.Observability;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Trace;

namespace IdGenerator.Gateway.FastPath;

/// <summary>
/// Answers <c>GET /id</c> on the bare connection, before Kestrel parses HTTP: see docs/performance.md for what that gains.
/// Everything else, and every connection where requests are traced, is Kestrel's.
/// </summary>
internal static class FastPathMiddleware
{
    public static void UseFastPath(this ListenOptions listen)
    {
        var services = listen.ApplicationServices;
        if (services.GetService<TracerProvider>() is not null) return;

        var source = services.GetRequiredService<IIdSource>();
        var answered = services.GetRequiredService<RequestMetrics>().For("/id", StatusCodes.Status200OK);
        var time = services.GetRequiredService<TimeProvider>();
        var response = new FastResponse(time);
        listen.Use(next => connection =>
            new FastConnection(connection, source, response, answered, time).RunAsync(next));
    }
}
