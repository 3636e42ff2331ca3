using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IdGenerator.Leases;

/// <summary>What tells a file from all others of the host, and whose it is: statx(2). Linux only.</summary>
/// <param name="Device">The file system, as major:minor.</param>
/// <param name="Inode">The file in it. A number is used again only when the file has no name left and nobody has it open.</param>
/// <param name="Owner">The user ID.</param>
/// <param name="IsRegular">Neither a directory, a symbolic link nor a device.</param>
internal readonly partial record struct FileStatus(string Device, ulong Inode, uint Owner, bool IsRegular)
{
    private const int CurrentDirectory = -100;
    private const int DoNotFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int NoEntry = 2;
    private const int NotDirectory = 20;

    public bool IsSameFile(FileStatus? other) => other?.Device == Device && other?.Inode == Inode;

    public static FileStatus Of(SafeFileHandle file)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return Read((int)file.DangerousGetHandle(), "", EmptyPath) ?? throw new FileNotFoundException();
        }
        finally
        {
            if (added) file.DangerousRelease();
        }
    }

    /// <summary>Of the name itself, where it is a symbolic link.</summary>
    /// <returns>Null where there is nothing of this name.</returns>
    /// <exception cref="IOException">Whether there is cannot be told.</exception>
    public static FileStatus? Of(string path) => Read(CurrentDirectory, path, DoNotFollow);

    private static FileStatus? Read(int directory, string path, int flags)
    {
        Span<byte> status = stackalloc byte[256];
        if (statx(directory, path, flags, BasicStats, status) < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            return error is NoEntry or NotDirectory ? null : throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
        }

        // struct statx is the same on all architectures.
        const int regular = 0x8000;
        const int typeMask = 0xf000;
        return new(
            $"{MemoryMarshal.Read<uint>(status[136..])}:{MemoryMarshal.Read<uint>(status[140..])}",
            MemoryMarshal.Read<ulong>(status[32..]),
            MemoryMarshal.Read<uint>(status[20..]),
            (MemoryMarshal.Read<ushort>(status[28..]) & typeMask) == regular);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, Span<byte> status);
}
