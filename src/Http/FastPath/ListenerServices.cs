using System.Buffers;
using IdGenerator.Http.Connections;
using IdGenerator.Http.Observability;
using OpenTelemetry.Trace;

namespace IdGenerator.Http.FastPath;

/// <summary>What all listeners of the process have in common.</summary>
internal sealed partial class ListenerServices
{
    private readonly ILogger _logger;

    public ListenerServices(
        Clients clients, Places places, Refusals refusals, MemoryPool<byte> memory, TimeProvider time, IServiceProvider services,
        ILogger<ListenerServices> logger)
    {
        (Clients, Places, Refusals, Memory, Time, _logger) = (clients, places, refusals, memory, time, logger);
        FastPath = services.GetService<FastAnswer>();
        // The server is made before anything is started: to ask for the traces themselves would start them.
        if (FastPath is null || !services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(TracerProvider))) return;
        FastPath = null;
        LogTraced();
    }

    /// <summary>For <c>GET /id</c>; null where Kestrel answers it too.</summary>
    public FastAnswer? FastPath { get; }

    public Clients Clients { get; }

    public Places Places { get; }

    public Refusals Refusals { get; }

    /// <summary>Kestrel's blocks.</summary>
    public MemoryPool<byte> Memory { get; }

    public TimeProvider Time { get; }

    [LoggerMessage(1, LogLevel.Information,
        "Requests can be traced (OTEL_EXPORTER_OTLP_ENDPOINT or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set), so GET /id is answered like all others, without the fast path.")]
    private partial void LogTraced();
}
