using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// The sockets of the HTTP API, which listen from the first moment of the process until the server takes them over. Who connects meanwhile waits
/// for the service, for less than a second, instead of being refused. So a kubelet, which probes once a second, need not come again: in pods on
/// two cores a killed one was ready after 2.9 instead of 3.3 s, a deleted one after 14.5 instead of 15.3 s (medians, docs/kubernetes.md).
/// </summary>
/// <param name="port">The port of the HTTP API.</param>
public sealed class EarlySockets(ListenPort port) : IDisposable
{
    private readonly ConcurrentDictionary<EndPoint, Socket> _sockets = new();

    /// <summary>Null where a worker ID is to be looked for: <see cref="AutoWorker"/> has the port first, with a server of its own.</summary>
    public static EarlySockets? For(Settings settings) => settings.WorkerIds is null ? new(settings.HttpPort) : null;

    internal bool TryKeep(IPEndPoint endpoint, Socket socket) =>
        endpoint.Port == port.Port && port.Addresses.Contains(endpoint.Address) && _sockets.TryAdd(endpoint, socket);

    /// <summary>A socket for the server, as <see cref="SocketTransportOptions.CreateBoundListenSocket"/> wants it.</summary>
    internal Socket Take(EndPoint endpoint) => _sockets.TryRemove(endpoint, out var socket)
        ? socket
        : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);

    /// <summary>Closes those that no server has taken: they would keep others from the port, or look as if somebody else had it.</summary>
    public void Dispose()
    {
        foreach (var endpoint in _sockets.Keys)
        {
            if (_sockets.TryRemove(endpoint, out var socket)) socket.Dispose();
        }
    }
}
