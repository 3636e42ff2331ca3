using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace IdGenerator.Gateway.FastPath;

/// <summary>Kestrel's transport: sockets that hold no more than they need, with the fast path before Kestrel.</summary>
internal sealed class FastTransport(
    IOptions<SocketTransportOptions> options, ListenerServices shared, ILogger<FastListener> logger) : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new(new FastListener(Listen(endpoint), shared, logger));

    /// <summary>Bytes of requests that the kernel keeps for a connection while they are not read; it takes twice as many for
    /// its bookkeeping. With the usual 128 KiB, which grow, clients that pipeline fill a container's memory.</summary>
    private const int MostUnread = 8 * 1_024;

    /// <summary>Bytes of answers that the kernel keeps for a connection and has not sent yet, because the client does not read.
    /// What is on its way comes on top, so this slows down nobody. Without it the kernel takes 4 MiB.</summary>
    private const int MostUnsent = 64 * 1_024;

    // <linux/tcp.h>; tcp(7).
    private const int TcpNotSentLowWater = 25;

    private Socket Listen(EndPoint endpoint)
    {
        try
        {
            var socket = options.Value.CreateBoundListenSocket(endpoint);
            if (endpoint is IPEndPoint) Bound(socket);
            socket.Listen(options.Value.Backlog);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(e.Message, e);
        }
    }

    /// <summary>Accepted sockets inherit these options from the listening socket.</summary>
    private static void Bound(Socket socket)
    {
        socket.NoDelay = true;
        socket.ReceiveBufferSize = MostUnread;
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)ProtocolType.Tcp, TcpNotSentLowWater, BitConverter.GetBytes(MostUnsent));
    }
}
