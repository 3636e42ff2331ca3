namespace IdGenerator.Gateway.Tests;

/// <summary>
/// A test of ports below 1024: skipped, and for that reason only, where this host lets everybody listen on them
/// (net.ipv4.ip_unprivileged_port_start, ip(7)), as it is inside most containers.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrivilegedPortFactAttribute : FactAttribute
{
    private const string Sysctl = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

    public PrivilegedPortFactAttribute()
    {
        if (File.ReadAllText(Sysctl).Trim() == "0") Skip = "Everybody may listen on ports below 1024 here.";
    }
}
