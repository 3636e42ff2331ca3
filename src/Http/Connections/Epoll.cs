using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IdGenerator.Http.Connections;

/// <summary>epoll(7) of Linux, for reading, edge-triggered.</summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    /// <summary>Events that one wait returns, at most. The rest comes with the next one.</summary>
    public const int MostEvents = 256;

    private const int Add = 1;
    private const int Delete = 2;
    private const int Interrupted = 4;

    private const uint In = 0x1;
    private const uint Error = 0x8;
    private const uint HangUp = 0x10;
    private const uint ReadHangUp = 0x2000;
    private const uint EdgeTriggered = 0x8000_0000;

    // struct epoll_event is packed on x86-64, and only there (<sys/epoll.h>).
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventLength = DataOffset + 8;

    private readonly SafeFileHandle _handle = new(Check(epoll_create1(0)), ownsHandle: true);
    private readonly byte[] _events = GC.AllocateUninitializedArray<byte>(MostEvents * EventLength, pinned: true);

    /// <param name="Socket">Whose file descriptor.</param>
    /// <param name="Generation">As it was given to <see cref="Watch"/>.</param>
    /// <param name="HasEnded">The other side sends nothing more.</param>
    /// <param name="IsReset">Nor does it read.</param>
    public readonly record struct Event(int Socket, int Generation, bool HasEnded, bool IsReset);

    /// <param name="socket">Its file descriptor.</param>
    /// <param name="generation">Tells it from others that had the same descriptor: their events may still be on the way.</param>
    /// <exception cref="IOException">The kernel has no room for it.</exception>
    public void Watch(int socket, int generation)
    {
        var wanted = stackalloc byte[EventLength];
        *(uint*)wanted = In | ReadHangUp | EdgeTriggered;
        *(int*)(wanted + DataOffset) = socket;
        *(int*)(wanted + DataOffset + sizeof(int)) = generation;
        Check(epoll_ctl(_handle, Add, socket, wanted));
    }

    /// <summary>Of a socket that was closed, the kernel has forgotten by itself.</summary>
    public void Forget(int socket) => epoll_ctl(_handle, Delete, socket, null);

    /// <summary>Waits for as long as there is nothing.</summary>
    /// <returns>How many events there are, for <see cref="Get"/>.</returns>
    public int Wait()
    {
        fixed (byte* events = _events)
        {
            var count = epoll_wait(_handle, events, MostEvents, -1);
            return count < 0 && Marshal.GetLastPInvokeError() == Interrupted ? 0 : Check(count);
        }
    }

    public Event Get(int index)
    {
        var bytes = _events.AsSpan(index * EventLength, EventLength);
        var flags = MemoryMarshal.Read<uint>(bytes);
        var socket = MemoryMarshal.Read<int>(bytes[DataOffset..]);
        var generation = MemoryMarshal.Read<int>(bytes[(DataOffset + sizeof(int))..]);
        return new(socket, generation, (flags & (ReadHangUp | HangUp | Error)) != 0, (flags & Error) != 0);
    }

    public void Dispose() => _handle.Dispose();

    private static int Check(int result)
    {
        if (result >= 0) return result;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeFileHandle epoll, int operation, int socket, byte* wanted);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeFileHandle epoll, byte* events, int count, int milliseconds);
}
