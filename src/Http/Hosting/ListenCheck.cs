using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Configuration;
using IdGenerator.Http.Connections;
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
    /// <param name="ports">All of them.</param>
    /// <param name="errors">Where the lines go.</param>
    /// <param name="early">Keeps the sockets that are its own, where all ports can be had.</param>
    /// <returns>True where all of them can.</returns>
    public static bool Passes(IReadOnlyList<ListenPort> ports, TextWriter errors, EarlySockets? early = null)
    {
        var held = new List<(IPEndPoint EndPoint, Socket Socket)>();
        var faults = Faults(ports, held);
        foreach (var fault in faults) errors.WriteLine(fault);
        foreach (var (endpoint, socket) in held)
        {
            if (faults.Count > 0 || early?.TryKeep(endpoint, socket) != true) socket.Dispose();
        }

        return faults.Count == 0;
    }

    private static List<string> Faults(IReadOnlyList<ListenPort> ports, List<(IPEndPoint, Socket)> held)
    {
        var faults = new List<string>();
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

        return faults;
    }

    private static SocketException? TryListen(IPEndPoint endpoint, List<(IPEndPoint, Socket)> held)
    {
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            held.Add((endpoint, socket));
            // A connection has the buffers of the socket that listened when it came.
            KernelBuffers.BoundAccepted(socket);
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
