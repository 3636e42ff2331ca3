using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>Clients that ask and reset the connection before the service has come to it.</summary>
public sealed class DepartureTests
{
    private const string Bulk = "GET /ids/4096 HTTP/1.1\r\nHost: ids\r\n\r\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_begun_for_who_has_left(bool wasServed)
    {
        await using var service = await ServiceProcess.Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory")).ReadyAsync();
        var sockets = Enumerable.Range(0, 20).Select(_ => Connect(service.Port)).ToList();
        if (wasServed) foreach (var socket in sockets) await AskForHealthAsync(socket);
        var before = await IssuedAsync(service);

        service.Pause();
        foreach (var socket in sockets)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(Bulk));
            socket.Dispose();
        }

        service.Resume();

        Assert.Equal(before, await IssuedAsync(service));
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
        socket.Connect("127.0.0.1", port);
        return socket;
    }

    private static async Task AskForHealthAsync(Socket socket)
    {
        await socket.SendAsync("GET /health/live HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1_024]));
    }

    // Requests that are answered after those that were there before.
    private static async Task<double> IssuedAsync(ServiceProcess service)
    {
        for (var i = 0; i < 100; i++) await service.Client.GetStringAsync(new Uri("/health", UriKind.Relative));
        // A scrape is good for 300 ms.
        await Task.Delay(400);
        var scrape = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        const string series = "id_generator_ids_generated_total";
        return double.Parse(
            scrape.Split('\n').Single(line => line.StartsWith(series, StringComparison.Ordinal)).Split(' ')[1],
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
