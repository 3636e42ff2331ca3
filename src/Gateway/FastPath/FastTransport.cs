using System.Net;
using System.Net.Sockets;
using IdGenerator.Gateway.Observability;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OpenTelemetry.Trace;

namespace IdGenerator.Gateway.FastPath;

/// <summary>Kestrel's transport over sockets, with the fast path before it; without, where requests are traced.</summary>
internal sealed class FastTransport(
    IServiceProvider services,
    IOptions<SocketTransportOptions> options,
    IOptions<KestrelServerOptions> kestrel,
    IMemoryPoolFactory<byte> memory,
    IIdSource source,
    RequestMetrics metrics,
    TimeProvider time,
    ILoggerFactory loggers) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (services.GetService<TracerProvider>() is not null)
            return new SocketTransportFactory(options, loggers).BindAsync(endpoint, cancellationToken);

        var answer = new FastAnswer(source, new(time), metrics.For("/id", StatusCodes.Status200OK), time);
        var handOver = new HandOver(options.Value, memory.Create(), loggers.CreateLogger<FastListener>());
        var most = kestrel.Value.Limits.MaxConcurrentConnections ?? long.MaxValue;
        return new(new FastListener(Listen(endpoint), most, answer, handOver, time, loggers.CreateLogger<FastListener>()));
    }

    private Socket Listen(EndPoint endpoint)
    {
        try
        {
            var socket = options.Value.CreateBoundListenSocket(endpoint);
            socket.Listen(options.Value.Backlog);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }
}
