using System.Net;
using System.Net.Sockets;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>The port for Orleans clients of a real silo.</summary>
public sealed class ClientPortTests
{
    private const int Most = ClientConnections.Most;

    [Fact]
    public async Task The_longest_idle_connection_makes_room_for_a_newcomer()
    {
        var port = FreePort.Next();
        await using var silo = await ServiceProcess.Start(
            "Silo", ("WORKER_ID", "1"), ("LEASE_STORE", "memory"),
            ("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{port}")).ReadyAsync();
        var sockets = new List<Socket>();
        try
        {
            sockets.Add(await ConnectAsync(port));
            await CountsAsync(silo, "id_generator_orleans_connections", 1);
            while (sockets.Count < Most) sockets.Add(await ConnectAsync(port));
            await CountsAsync(silo, "id_generator_orleans_connections", Most);

            sockets.Add(await ConnectAsync(port));

            await EndsAsync(sockets[0]);
            await CountsAsync(silo, "id_generator_refusals_total{reason=\"orleans_client\"}", 1);
            Assert.All(sockets[1..], socket => Assert.False(socket.Poll(TimeSpan.Zero, SelectMode.SelectRead)));
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }

    private static async Task EndsAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(10)));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    private static async Task CountsAsync(ServiceProcess silo, string metric, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (true)
        {
            var metrics = await silo.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), patience.Token);
            if (metrics.Split('\n').Any(line => line.StartsWith(metric, StringComparison.Ordinal)
                && line.Split(' ') is [_, var value, ..] && value == $"{count}")) return;
            await Task.Delay(10, patience.Token);
        }
    }
}
