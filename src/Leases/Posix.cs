using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IdGenerator.Leases;

/// <summary>The calls that the framework does not offer: a lock whose failure is told, and syncing a directory.</summary>
internal static partial class Posix
{
    /// <summary>The error of a lock that somebody else holds: EWOULDBLOCK, on Linux and on macOS.</summary>
    public static int WouldBlock { get; } = OperatingSystem.IsMacOS() ? 35 : 11;

    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;

    public static void LockExclusively(SafeFileHandle file) => Check(flock(file, LockExclusive | LockNonBlocking));

    public static void SyncDirectory(string path)
    {
        var directory = open(path, 0);
        Check(directory);
        var result = fsync(directory);
        var error = Marshal.GetLastPInvokeError();
        _ = close(directory);
        if (result < 0) throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    private static void Check(int result)
    {
        if (result >= 0) return;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int file);
}
