using System.Globalization;

namespace IdGenerator.Faults;

/// <summary>A bridge in the network namespace of this process, where nothing else is, and a namespace for each place.</summary>
internal static class Network
{
    public const string Host = "10.77.0.1";

    public static void Create()
    {
        // Private: the mount namespace is ours.
        Shell.Run("mount", "-t", "tmpfs", "tmpfs", "/run");
        Shell.Run("mount", "-t", "tmpfs", "tmpfs", "/dev/shm");
        // Where the host's file stores note their directories; ours are none of the host's.
        Shell.Run("mount", "-t", "tmpfs", "tmpfs", "/var/tmp");
        Directory.CreateDirectory("/run/netns");
        Ip("link set lo up");
        Ip("link add pods type bridge");
        Ip($"addr add {Host}/16 dev pods");
        Ip("link set pods up");
        // Leads nowhere: the API server wants to find an address of its own.
        Ip("route add default via 10.77.255.254 dev pods");
    }

    /// <returns>The address of the new namespace.</returns>
    public static string Add(string name, int number)
    {
        var address = $"10.77.1.{number}";
        Ip($"netns add {name}");
        Ip($"link add {name} type veth peer name eth0 netns {name}");
        Ip($"-n {name} addr add {address}/16 dev eth0");
        Ip($"-n {name} link set lo up");
        Ip($"-n {name} link set eth0 up");
        Ip($"link set {name} master pods up");
        return address;
    }

    /// <summary>Pulls the cable, or puts it in again.</summary>
    public static void SetLink(string name, bool isUp) => Ip($"link set {name} {(isUp ? "up" : "down")}");

    private static void Ip(FormattableString arguments) => Ip(arguments.ToString(CultureInfo.InvariantCulture));

    private static void Ip(string arguments) => Shell.Run("ip", arguments.Split(' '));
}
