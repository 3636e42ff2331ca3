using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IdGenerator.Leases;

/// <summary>The calls that the framework does not offer.</summary>
internal static partial class Posix
{
    /// <summary>The error of a lock that somebody else holds: EWOULDBLOCK, on Linux and on macOS.</summary>
    public static int WouldBlock { get; } = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>The effective user ID of this process.</summary>
    public static uint User => geteuid();

    private const int NoEntry = 2;
    private const int FileExists = 17;
    private const int ReadOnly = 0;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int LockNone = 8;
    private const int ClockMonotonic = 1;
    private const int ClockBootTime = 7;
    private const int LongestPath = 4_096;

    /// <summary>O_CLOEXEC: no program that this one starts inherits the file.</summary>
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x100_0000 : 0x8_0000;

    private static readonly int NonBlocking = OperatingSystem.IsMacOS() ? 0x4 : 0x800;

    public static void LockExclusively(SafeFileHandle file) => Check(flock(file, LockExclusive | LockNonBlocking));

    public static void Unlock(SafeFileHandle file) => Check(flock(file, LockNone));

    /// <summary>
    /// Opens a file for reading. Unlike the framework's ways it takes no lock, which fails where somebody holds another, and it
    /// does not wait for somebody to write to a pipe.
    /// </summary>
    /// <returns>Null where there is no such file.</returns>
    public static SafeFileHandle? TryOpen(string path)
    {
        var file = open(path, ReadOnly | CloseOnExec | NonBlocking);
        if (file < 0 && Marshal.GetLastPInvokeError() == NoEntry) return null;
        Check(file);
        return new(file, ownsHandle: true);
    }

    public static void SyncDirectory(string path)
    {
        using var directory = TryOpen(path) ?? throw new DirectoryNotFoundException(path);
        Check(fsync(directory));
    }

    /// <summary>Gives a file a second name.</summary>
    /// <returns>False where that name is taken.</returns>
    public static bool TryLink(string file, string name)
    {
        var result = link(file, name);
        if (result < 0 && Marshal.GetLastPInvokeError() == FileExists) return false;
        Check(result);
        return true;
    }

    /// <summary>The one path of a directory that goes through no symbolic link.</summary>
    public static unsafe string RealPath(string directory)
    {
        var resolved = stackalloc byte[LongestPath];
        if (realpath(directory, resolved) == 0) Check(-1);
        return Marshal.PtrToStringUTF8((nint)resolved)!;
    }

    /// <summary>See <see cref="Boot.SuspendedMilliseconds"/>. Linux only.</summary>
    public static long SuspendedMilliseconds()
    {
        // A pause between the readings would count as a suspend: read again until there was none.
        const int attempts = 10;
        for (var attempt = 1; ; attempt++)
        {
            var before = Milliseconds(ClockMonotonic);
            var boot = Milliseconds(ClockBootTime);
            var after = Milliseconds(ClockMonotonic);
            if (after - before <= 1 || attempt == attempts) return boot - after;
        }
    }

    /// <summary>Sleeps at least so long, and a little longer (prctl(2), PR_SET_TIMERSLACK); or less, where a signal comes.</summary>
    public static void Sleep(TimeSpan time) => nanosleep(new(0, (nint)time.TotalNanoseconds), 0);

    private static long Milliseconds(int clock)
    {
        Check(clock_gettime(clock, out var now));
        return (now.Seconds * 1_000L) + (now.Nanoseconds / 1_000_000L);
    }

    private static void Check(int result)
    {
        if (result >= 0) return;
        var error = Marshal.GetLastPInvokeError();
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle file);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string existing, string name);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint realpath(string path, byte* resolved);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, out TimeSpec now);

    [LibraryImport("libc")]
    private static partial int nanosleep(in TimeSpec time, nint rest);

    [LibraryImport("libc")]
    private static partial uint geteuid();
}
