using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace IdGenerator.Http.Connections;

/// <summary>
/// The kernel connects clients by itself, and resets those that nobody has accepted when the listening socket closes. However
/// soon after the last look that is, some client may connect in between, send its request, and have it cut off. So the kernel
/// first stops connecting: a client's attempt stays unanswered, and its next one, a second later, is refused because nobody
/// listens any more.
/// </summary>
internal static class ConnectionAttempts
{
    // <asm-generic/socket.h>
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;

    /// <summary>
    /// Packets that are not an attempt to connect are let through: a client that was answered already is going to be connected. An
    /// attempt is a segment with SYN and without ACK (RFC 9293, section 3.5); its flags are in byte 13. In the instructions of
    /// classic BPF (<c>&lt;linux/filter.h&gt;</c>): operation, how many to skip if so and if not so, operand.
    /// </summary>
    private static readonly ulong[] Filter =
    [
        Instruction(0x30, 0, 0, 13), // Load the byte at 13.
        Instruction(0x54, 0, 0, 0x12), // Of that, SYN and ACK.
        Instruction(0x15, 0, 1, 0x02), // Is it SYN alone?
        Instruction(0x06, 0, 0, 0), // Then none of the packet is let through.
        Instruction(0x06, 0, 0, uint.MaxValue), // Otherwise all.
    ];

    /// <summary>From now on nobody is connected who was not about to be (socket(7), SO_ATTACH_FILTER).</summary>
    /// <exception cref="SocketException">The system has no such filters.</exception>
    public static unsafe void Drop(Socket listening)
    {
        if (!OperatingSystem.IsLinux() || listening.ProtocolType != ProtocolType.Tcp) return;
        fixed (ulong* filter = Filter)
        {
            // struct sock_fprog: a count, aligned to the pointer that follows.
            ReadOnlySpan<nint> program = [Filter.Length, (nint)filter];
            listening.SetRawSocketOption(SocketLevel, AttachFilter, MemoryMarshal.AsBytes(program));
        }
    }

    private static ulong Instruction(ushort operation, byte ifSo, byte ifNot, uint operand) =>
        operation | ((ulong)ifSo << 16) | ((ulong)ifNot << 24) | ((ulong)operand << 32);
}
