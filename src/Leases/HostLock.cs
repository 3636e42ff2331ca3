using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace IdGenerator.Leases;

/// <summary>
/// Names of which each is held by one process at a time, until that process ends, however it ends: abstract Unix sockets
/// (unix(7)). They stand in no file system, so that nobody can remove one under its holder, and neither user, home nor
/// directory makes a difference.
/// They reach as far as the network namespace does: a host, a pod, a container with a network of its own.
/// Not promised: that the name is free. Any process of the network namespace can take it.
/// Linux only; elsewhere nothing is locked.
/// </summary>
public static class HostLock
{
    // Never closed: the kernel frees a name when its process ends.
    private static readonly ConcurrentBag<IDisposable> Held = [];

    /// <summary>Takes a worker ID of an ID space, for this process and until it ends.</summary>
    /// <returns>Null where it is ours; else who has it, for people.</returns>
    /// <exception cref="LeaseStoreException">The operating system allows no such name.</exception>
    public static string? TakeWorker(string space, int worker) => Keep(TakeWorker(space, worker, out var name), name);

    /// <summary>As <see cref="TakeWorker(string, int)"/>, until it is given back.</summary>
    /// <param name="space">The ID space.</param>
    /// <param name="worker">The worker ID.</param>
    /// <param name="name">
    /// Gives the worker ID back when it is disposed of, by when nothing may issue under it any more. Null where it is not ours, and where the operating
    /// system has no such names.
    /// </param>
    /// <inheritdoc cref="TakeWorker(string, int)"/>
    public static string? TakeWorker(string space, int worker, out IDisposable? name) =>
        Take($"id-generator/{Layout.Name}/{space}/worker-{worker}", out name);

    /// <summary>
    /// Makes sure of what a pod's UID as <see cref="Holder.Uid"/> promises: that of the processes that share it, one runs at a
    /// time. The kubelet does so for a container; this does it for whatever else is started in the pod.
    /// </summary>
    /// <inheritdoc cref="TakeWorker(string, int)"/>
    public static string? TakePod(string podUid) => Keep(Take($"id-generator/{podUid}", out var name), name);

    private static string? Keep(string? holder, IDisposable? name)
    {
        if (name is not null) Held.Add(name);
        return holder;
    }

    private static string? Take(string name, out IDisposable? taken)
    {
        taken = null;
        if (!OperatingSystem.IsLinux()) return null;

        var address = new UnixDomainSocketEndPoint('\0' + name);
        const int attempts = 500;
        for (var attempt = 1; ; attempt++)
        {
            if (TryListen(address) is { } socket)
            {
                taken = socket;
                _ = Task.Run(() => AcceptAsync(socket));
                return null;
            }

            if (WhoListens(address) is { } holder) return holder;
            if (attempt == attempts) return "a process that does not answer";
            // The holder is about to listen, or has just ended.
            Thread.Sleep(10);
        }
    }

    private static Socket? TryListen(UnixDomainSocketEndPoint address)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(address);
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            if (e.SocketErrorCode == SocketError.AddressAlreadyInUse) return null;
            throw new LeaseStoreException(
                $"Nothing can keep other processes of this host from the worker ID: {e.Message}. Allow this process Unix " +
                "sockets (systemd: AF_UNIX in RestrictAddressFamilies=).", e)
            { IsFinal = true };
        }
    }

    /// <summary>
    /// The process that listens, as the kernel knows it; null where none does, or where more ask than it has accepted.
    /// </summary>
    private static string? WhoListens(UnixDomainSocketEndPoint address)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        // A holder that is stopped accepts nobody: do not wait for it.
        socket.Blocking = false;
        try
        {
            socket.Connect(address);
            return Describe(socket);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static string Describe(Socket socket)
    {
        const int solSocket = 1;
        const int soPeerCred = 17;
        Span<byte> credentials = stackalloc byte[3 * sizeof(int)]; // struct ucred: process, user, group
        socket.GetRawSocketOption(solSocket, soPeerCred, credentials);
        var process = MemoryMarshal.Read<int>(credentials);
        var user = MemoryMarshal.Read<uint>(credentials[sizeof(int)..]);
        // A process that /proc does not show here has no number here.
        var who = process == 0 ? "a process of another PID namespace" : $"process {process}";
        return $"{Environment.MachineName}, {who} (user {user})";
    }

    /// <summary>
    /// Takes connections and closes them: who connects has learned from the kernel what it wants to know, and those that are
    /// left waiting would fill the queue.
    /// </summary>
    private static async Task AcceptAsync(Socket socket)
    {
        while (true)
        {
            try
            {
                using var asker = await socket.AcceptAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
            {
                return; // The name was given back.
            }
            catch (SocketException)
            {
                // No file descriptor is left, for one.
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }
    }
}
