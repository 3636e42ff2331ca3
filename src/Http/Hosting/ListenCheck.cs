using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// Listens on every port for a moment, before anything else is begun, so that a port that cannot be had is told by the name
/// of its setting while no worker ID is taken. The sockets do not share their ports (SO_REUSEPORT, socket(7)): a port on
/// which another process listens is found to be taken even where that process would share it.
/// </summary>
public static class ListenCheck
{
    /// <summary>Writes a line for each port that cannot be had to <paramref name="errors"/>.</summary>
    /// <returns>True where all of them can.</returns>
    public static bool Passes(IReadOnlyList<ListenPort> ports, TextWriter errors)
    {
        var faults = Faults(ports);
        foreach (var fault in faults) errors.WriteLine(fault);
        return faults.Count == 0;
    }

    private static List<string> Faults(IReadOnlyList<ListenPort> ports)
    {
        var faults = new List<string>();
        var held = new List<Socket>();
        for (var i = 0; i < ports.Count; i++)
        {
            foreach (var address in ports[i].Addresses)
            {
                if (TryListen(new(address, ports[i].Port), held) is not { } error) continue;
                // All sockets are held to the end, so a port that two settings name is taken by the first of them.
                var other = ports.Take(i).FirstOrDefault(earlier => earlier.Port == ports[i].Port);
                faults.Add(Describe(ports[i], address, error, other));
                break;
            }
        }

        foreach (var socket in held) socket.Dispose();
        return faults;
    }

    private static SocketException? TryListen(IPEndPoint endpoint, List<Socket> held)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            held.Add(socket);
            socket.Listen();
            return null;
        }
        catch (SocketException e)
        {
            return e;
        }
    }

    private static string Describe(ListenPort port, IPAddress address, SocketException error, ListenPort? other) =>
        error.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse when other is not null =>
                $"{port.Setting} is {port.Port}, and so is {other.Setting}; allowed is a port of its own.",
            SocketError.AddressAlreadyInUse =>
                $"{port.Setting} is {port.Port}, which is in use by another process; allowed is a free port.",
            SocketError.AccessDenied =>
                $"{port.Setting} is {port.Port}, which this user may not listen on; allowed is a port from 1024 up, or any " +
                "port to a process with the capability CAP_NET_BIND_SERVICE.",
            SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported =>
                $"{ListenAddresses.Setting} is \"{address}\", which this host does not have; allowed is an address of this host.",
            _ => $"{port.Setting} is {port.Port}, which cannot be listened on at {address}: {error.Message}.",
        };
}
