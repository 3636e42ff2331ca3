using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace IdGenerator.Http.FastPath;

/// <summary>Kestrel's transport: sockets that hold no more than they need, with the fast path before Kestrel.</summary>
internal sealed class FastTransport(
    IOptions<SocketTransportOptions> options, ListenerServices shared, ILogger<FastListener> logger) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new FastListener(Listen(endpoint), shared, logger));

    private Socket Listen(EndPoint endpoint)
    {
        try
        {
            var socket = options.Value.CreateBoundListenSocket(endpoint);
            if (endpoint is IPEndPoint) KernelBuffers.BoundAccepted(socket);
            socket.Listen(options.Value.Backlog);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }
}
