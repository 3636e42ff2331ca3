using System.Net.Sockets;

namespace IdGenerator.Leases;

/// <summary>
/// Makes sure of what a pod's UID as <see cref="Holder.Uid"/> promises: that of the processes that share it, one runs at a
/// time. The kubelet does so for a container; this does it for whatever else is started in the pod, all of which shares the
/// pod's network namespace, and with it the abstract names of Unix sockets (unix(7)).
/// </summary>
public static class PodLock
{
    // Never closed: the kernel frees the name when the process ends.
    private static Socket? _held;

    /// <summary>Takes the lock until the process ends.</summary>
    /// <returns>False where another process of the pod has it.</returns>
    public static bool TryTake(string podUid)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint($"\0id-generator/{podUid}"));
            _held = socket;
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            return false;
        }
    }
}
