using System.Buffers;
using IdGenerator.Http.Connections;
using IdGenerator.Http.Observability;
using OpenTelemetry.Trace;

namespace IdGenerator.Http.FastPath;

/// <summary>What all listeners of the process have in common.</summary>
internal sealed class ListenerServices(
    Clients clients, Places places, Refusals refusals, MemoryPool<byte> memory, TimeProvider time, IServiceProvider services)
{
    /// <summary>For <c>GET /id</c>; null where Kestrel answers it too.</summary>
    public FastAnswer? FastPath { get; } =
        services.GetService<TracerProvider>() is null ? services.GetService<FastAnswer>() : null;

    public Clients Clients => clients;

    public Places Places => places;

    public Refusals Refusals => refusals;

    /// <summary>Kestrel's blocks.</summary>
    public MemoryPool<byte> Memory => memory;

    public TimeProvider Time => time;
}
