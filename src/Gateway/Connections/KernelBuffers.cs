using System.Net.Sockets;

namespace IdGenerator.Gateway.Connections;

/// <summary>
/// What the kernel keeps for a connection is memory of the container too. By default that is 128 KiB of requests that are not
/// read, and 4 MiB of answers that are not sent, so that clients that pipeline and do not read fill a container.
/// </summary>
internal static class KernelBuffers
{
    /// <summary>Bytes of requests; the kernel takes twice as many, for its bookkeeping (socket(7), SO_RCVBUF).</summary>
    private const int MostUnread = 4 * 1_024;

    /// <summary>Bytes of answers that are not on their way yet. What is on its way comes on top.</summary>
    private const int MostUnsent = 4 * 1_024;

    /// <summary>More at Kestrel, which has few connections and long answers: a bulk would have to wait for its turn too often.</summary>
    private const int MostUnsentAtKestrel = 64 * 1_024;

    // <linux/tcp.h>, tcp(7): TCP_NOTSENT_LOWAT.
    private const int NotSentLowWater = 25;

    /// <summary>Accepted sockets inherit the options of the listening socket, which saves system calls for each connection.</summary>
    public static void BoundAccepted(Socket listening)
    {
        listening.NoDelay = true;
        listening.ReceiveBufferSize = MostUnread;
        Bound(listening, MostUnsent);
    }

    public static void BoundAtKestrel(Socket socket) => Bound(socket, MostUnsentAtKestrel);

    public static void BoundBare(Socket socket) => Bound(socket, MostUnsent);

    private static void Bound(Socket socket, int unsent)
    {
        if (OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp)
            socket.SetRawSocketOption((int)ProtocolType.Tcp, NotSentLowWater, BitConverter.GetBytes(unsent));
    }
}
