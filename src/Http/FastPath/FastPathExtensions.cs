using IdGenerator.Http.Connections;
using IdGenerator.Http.Observability;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace IdGenerator.Http.FastPath;

internal static class FastPathExtensions
{
    /// <summary>Connections that may wait to be accepted. With fewer, a new client has to try again after a second when
    /// thousands come at once.</summary>
    private const int Backlog = 4_096;

    /// <summary>The transport below Kestrel, and what bounds it.</summary>
    public static void AddTransport(this IServiceCollection services, ConnectionLimits limits)
    {
        services.AddSingleton(limits);
        services.AddSingleton<Refusals>();
        services.AddSingleton<Clients>();
        services.AddSingleton<Places>();
        services.AddSingleton<IInstruments, ConnectionMetrics>();
        services.AddSingleton(provider => provider.GetRequiredService<IMemoryPoolFactory<byte>>().Create());
        services.AddSingleton<ListenerServices>();
        services.AddSingleton<IConnectionListenerFactory, FastTransport>();
        services.Configure<SocketTransportOptions>(sockets => sockets.Backlog = Backlog);
    }

    /// <summary>
    /// Answers <c>GET /id</c> and small batches on the bare socket, before Kestrel parses HTTP: see docs/performance.md for what that
    /// gains. Everything else is Kestrel's, and where requests are traced, all of it.
    /// </summary>
    /// <param name="services">To add to.</param>
    /// <param name="workers">See <see cref="Pollers"/>.</param>
    public static void AddFastPath(this IServiceCollection services, int workers)
    {
        services.AddSingleton(_ => new Pollers(workers));
        services.AddSingleton<FastAnswer>();
    }
}
