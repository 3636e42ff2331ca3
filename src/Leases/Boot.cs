namespace IdGenerator.Leases;

/// <summary>Names the monotonic clock that this process reads.</summary>
public static class Boot
{
    /// <summary>
    /// The kernel's boot ID (random(4)) and the time namespace, within which all processes read the same
    /// <c>CLOCK_MONOTONIC</c> (time_namespaces(7)). Where there is none, a value that no other process has.
    /// </summary>
    public static string Id { get; } = Read();

    private static string Read()
    {
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            var timeNamespace = new FileInfo("/proc/self/ns/time").LinkTarget;
            return timeNamespace is null ? boot : $"{boot}/{timeNamespace}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Guid.NewGuid().ToString();
        }
    }
}
