using System.Diagnostics;
using System.Globalization;

namespace IdGenerator.Leases.Tests;

public sealed class BootTests
{
    [Fact]
    public void The_host_was_suspended_for_as_long_as_the_monotonic_clock_is_behind_its_uptime()
    {
        // proc_uptime(5) counts suspends, as CLOCK_BOOTTIME does.
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        var monotonic = Stopwatch.GetElapsedTime(0).TotalSeconds;

        Assert.InRange(Boot.SuspendedMilliseconds() / 1_000d, uptime - monotonic - 0.5, uptime - monotonic + 0.5);
    }
}
