using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Testing;

/// <summary>Ports for processes that are about to start.</summary>
public static class FreePort
{
    // Below those that the kernel gives to outgoing connections (from 32,768 on, see ip(7)): one of these could take a port
    // before the process does that it is meant for.
    private const int First = 16_384;
    private const int Count = 16_384;

    private static int _next = Random.Shared.Next(Count);

    /// <summary>A port that nobody listens at, each time another one.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (IsFree(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
