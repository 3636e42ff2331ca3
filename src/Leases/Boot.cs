namespace IdGenerator.Leases;

/// <summary>The monotonic clock that this process reads: which one it is, and for how long it stood still.</summary>
public static class Boot
{
    private const string Unshifted = "0.0";

    /// <summary>
    /// Names the clock: two processes that see one ID read the same <c>CLOCK_MONOTONIC</c>. It is the kernel's boot ID
    /// (random(4)), and where the process is in a time namespace that shifts the clock, the shift (time_namespaces(7)). Where
    /// either cannot be read, it is a value that no other process has.
    /// </summary>
    public static string Id { get; } = Read();

    /// <summary>
    /// For how many milliseconds the host has been suspended since it booted: <c>CLOCK_BOOTTIME</c> goes on meanwhile and
    /// <c>CLOCK_MONOTONIC</c> does not (clock_gettime(2)). Always 0 where there are no such clocks.
    /// Only the difference of two readings of one process says something: a time namespace may shift the two clocks differently.
    /// </summary>
    public static long SuspendedMilliseconds() => OperatingSystem.IsLinux() ? Posix.SuspendedMilliseconds() : 0;

    private static string Read()
    {
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            var shift = MonotonicShift();
            return shift == Unshifted ? boot : $"{boot}/{shift}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return Guid.NewGuid().ToString();
        }
    }

    /// <summary>By how much the time namespace of this process shifts its monotonic clock, as seconds.nanoseconds.</summary>
    private static string MonotonicShift()
    {
        const string shifts = "/proc/self/timens_offsets";
        if (!File.Exists(shifts)) return Unshifted; // A kernel without time namespaces.

        // The file tells the shifts of the namespace that children of this process will be in.
        var own = new FileInfo("/proc/self/ns/time").LinkTarget;
        if (own is null || own != new FileInfo("/proc/self/ns/time_for_children").LinkTarget)
            throw new IOException("The time namespace of this process is not that of its children.");
        return Parse(File.ReadAllLines(shifts));
    }

    /// <summary>The shift in a line such as <c>monotonic   3600   0</c>.</summary>
    private static string Parse(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["monotonic", var seconds, var nanoseconds])
                return $"{seconds}.{nanoseconds}";
        }

        throw new FormatException("The shift of the monotonic clock is missing.");
    }
}
