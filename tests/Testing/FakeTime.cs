namespace IdGenerator.Testing;

/// <summary>
/// Variables that make a process see other clocks than its host, by way of libfaketime (Debian: <c>libfaketime</c>).
/// </summary>
public static class FakeTime
{
    /// <summary>Null where libfaketime is not installed.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Select(directory => $"{directory}/faketime/libfaketime.so.1").FirstOrDefault(File.Exists)
        : null;

    /// <summary>Why tests that need it are skipped; null where they are not.</summary>
    public static string? SkipReason { get; } = Library is null
        ? "libfaketime is not installed (Debian: apt-get install libfaketime)."
        : null;

    /// <summary>The wall clock is off by <paramref name="offset"/> (as <c>-1h</c>), the monotonic clock is right.</summary>
    public static (string, string)[] Wall(string offset) =>
    [
        ("LD_PRELOAD", Library!),
        ("FAKETIME", offset),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // Else waits on the monotonic clock end at once: timers race, and the process spins.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];
}
