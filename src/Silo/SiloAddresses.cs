using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Configuration;
using IdGenerator.PostgresLeases;

namespace IdGenerator.Silo;

/// <summary>Where other silos reach this one, outside Kubernetes.</summary>
internal static class SiloAddresses
{
    /// <summary>
    /// <c>SILO_ADDRESS</c>, else the address from which this host reaches the database: a host may have several, and the others have a way to
    /// that network too. For example, a container has that of the network which it shares with the database.
    /// </summary>
    public static IPAddress Read(SettingsReader reader, PostgresOptions? postgres)
    {
        if (reader.Text("SILO_ADDRESS") is { } text)
        {
            if (IPAddress.TryParse(text, out var address)) return address;
            reader.Faults.Add($"SILO_ADDRESS is \"{text}\"; allowed is an IP address of this host.");
            return IPAddress.Loopback;
        }

        // Without a database to look for there is a fault already.
        if (postgres is null) return IPAddress.Loopback;
        try
        {
            return Towards(postgres.Host);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            reader.Faults.Add(
                $"SILO_ADDRESS is not set, and the address from which this host reaches {postgres.Host} is not to be found ({e.Message}); " +
                "allowed is an IP address of this host.");
            return IPAddress.Loopback;
        }
    }

    /// <summary>The kernel's choice for packets to a host. Connecting a datagram socket sends none.</summary>
    private static IPAddress Towards(string host)
    {
        // A directory of Unix sockets: the database is on this host.
        if (host.StartsWith('/')) return IPAddress.Loopback;
        var remote = Dns.GetHostAddresses(host)[0];
        // "Here", as a server would say it.
        if (remote.Equals(IPAddress.Any) || remote.Equals(IPAddress.IPv6Any)) return IPAddress.Loopback;
        using var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(remote, port: 9);
        return ((IPEndPoint)socket.LocalEndPoint!).Address;
    }
}
