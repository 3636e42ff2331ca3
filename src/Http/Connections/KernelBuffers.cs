using System.Net.Sockets;

namespace IdGenerator.Http.Connections;

/// <summary>
/// What the kernel keeps for a connection is memory of the container too. By default that is 128 KiB of requests that are not
/// read, and 4 MiB of answers that the client has not acknowledged, so that clients that pipeline and do not read fill a
/// container. Sizes are in bytes; the kernel takes twice as many, for its bookkeeping (socket(7), SO_RCVBUF and SO_SNDBUF).
/// </summary>
internal static class KernelBuffers
{
    private const int Unread = 4 * 1_024;
    private const int Unsent = 4 * 1_024;

    /// <summary>More at Kestrel, which has few connections and long answers: a bulk would have to wait for its turn too often.</summary>
    private const int UnsentAtKestrel = 64 * 1_024;

    // <linux/tcp.h>: struct tcp_info, where tcpi_unacked and tcpi_notsent_bytes are.
    private const int TcpInfo = 11;
    private const int UnacknowledgedSegments = 24;
    private const int NotSentBytes = 144;

    /// <summary>Segments that are on their way to a client that reads.</summary>
    private const int FewSegments = 3;

    /// <summary>Accepted sockets inherit the options of the listening socket, which saves system calls for each connection.</summary>
    public static void BoundAccepted(Socket listening)
    {
        listening.NoDelay = true;
        listening.ReceiveBufferSize = Unread;
        listening.SendBufferSize = Unsent;
    }

    /// <summary>Whether the kernel still has more of the answers than it may have of any connection: the client does not read.</summary>
    public static bool HasUnread(Socket socket) => Has(socket, moreSegmentsThan: FewSegments, moreBytesThan: Unsent);

    /// <summary>Whether the kernel still has anything that the client's has not acknowledged.</summary>
    public static bool HasUnacknowledged(Socket socket) => Has(socket, moreSegmentsThan: 0, moreBytesThan: 0);

    private static bool Has(Socket socket, int moreSegmentsThan, int moreBytesThan)
    {
        if (!OperatingSystem.IsLinux() || socket.ProtocolType != ProtocolType.Tcp) return false;
        Span<byte> info = stackalloc byte[148];
        try
        {
            if (socket.GetRawSocketOption((int)ProtocolType.Tcp, TcpInfo, info) < info.Length) return false;
            return BitConverter.ToUInt32(info[UnacknowledgedSegments..]) > moreSegmentsThan
                || BitConverter.ToUInt32(info[NotSentBytes..]) > moreBytesThan;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public static void BoundAtKestrel(Socket socket) => Bound(socket, UnsentAtKestrel);

    public static void BoundBare(Socket socket) => Bound(socket, Unsent);

    private static void Bound(Socket socket, int unsent)
    {
        if (socket.ProtocolType == ProtocolType.Tcp) socket.SendBufferSize = unsent;
    }
}
