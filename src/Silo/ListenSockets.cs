using System.Collections.Concurrent;
using System.Net.Sockets;

namespace IdGenerator.Silo;

/// <summary>
/// The sockets on which Orleans listens. Orleans does not close them where its start fails (10.4.2): they are closed with the host, so that
/// whoever looks then which port another process has taken does not find those of this one.
/// </summary>
internal sealed class ListenSockets : IDisposable
{
    private readonly ConcurrentBag<Socket> _sockets = [];

    public void Add(Socket socket) => _sockets.Add(socket);

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }
}
