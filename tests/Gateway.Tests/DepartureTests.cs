using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>Clients that ask and reset the connection before the service has come to it.</summary>
public sealed class DepartureTests
{
    private const string Bulk = "GET /ids/4096 HTTP/1.1\r\nHost: ids\r\n\r\n";

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 0)]
    [InlineData(false, 20)]
    [InlineData(true, 20)]
    public async Task Nothing_is_begun_for_who_has_left(bool wasServed, int bytesBefore)
    {
        await using var service = await ServiceProcess.Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory")).ReadyAsync();
        var sockets = Enumerable.Range(0, 20).Select(_ => Connect(service.Port)).ToList();
        if (wasServed) foreach (var socket in sockets) await AskForHealthAsync(socket);
        // Half a request may be there long before the rest of it.
        foreach (var socket in sockets) await socket.SendAsync(Encoding.ASCII.GetBytes(Bulk[..bytesBefore]));
        var before = await IssuedAsync(service);

        service.Pause();
        var clients = sockets.Select(socket => ((IPEndPoint)socket.LocalEndPoint!).Port).ToHashSet();
        foreach (var socket in sockets)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(Bulk[bytesBefore..]));
            socket.Dispose();
        }

        await UntilResetAsync(service.Port, clients);
        service.Resume();

        Assert.Equal(before, await IssuedAsync(service));
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/octet-stream")]
    public async Task Who_leaves_in_the_middle_of_an_answer_is_counted_and_not_logged(string accept)
    {
        await using var service = await ServiceProcess.Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory")).ReadyAsync();
        using (var socket = Connect(service.Port))
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /ids/4096000 HTTP/1.1\r\nHost: ids\r\nAccept: {accept}\r\n\r\n"));
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1_024]));
        }

        while (!(await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)))
            .Contains("route=\"/ids/{count}\",status=\"499\"} 1", StringComparison.Ordinal)) await Task.Delay(50);
        service.Terminate();
        await service.ExitAsync();

        Assert.DoesNotContain("Kestrel", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_asked_in_time_is_answered_though_the_process_was_paused()
    {
        await using var service = await ServiceProcess.Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory")).ReadyAsync();
        var sockets = Enumerable.Range(0, 20).Select(_ => Connect(service.Port)).ToList();
        await IssuedAsync(service);

        service.Pause();
        foreach (var socket in sockets) await socket.SendAsync("GET /health/live HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        // Longer than a new connection may be silent.
        await Task.Delay(TimeSpan.FromSeconds(11));
        service.Resume();

        foreach (var socket in sockets) Assert.NotEqual(0, await socket.ReceiveAsync(new byte[1_024]));
        foreach (var socket in sockets) socket.Dispose();
    }

    [Theory]
    [InlineData("Connection: close\r\n")]
    [InlineData("")]
    public async Task Who_ends_its_side_and_reads_nothing_keeps_its_place_until_it_is_cut_off(string header)
    {
        await using var service = await ServiceProcess.Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory")).ReadyAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2_048 };
        await socket.ConnectAsync("127.0.0.1", service.Port);

        // 56 KB, which the kernel takes.
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /ids/7000 HTTP/1.1\r\nHost: ids\r\nAccept: application/octet-stream\r\n{header}\r\n"));
        socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(500);

        Assert.Equal(2, await ActiveAsync());
        await Task.Delay(TimeSpan.FromSeconds(11));
        Assert.Equal(1, await ActiveAsync());

        // One is the scrape's own.
        async Task<int> ActiveAsync()
        {
            var scrape = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            const string series = "id_generator_connections_active{} ";
            return int.Parse(scrape.Split('\n').Single(line => line.StartsWith(series, StringComparison.Ordinal))[series.Length..]);
        }
    }

    [Fact]
    public async Task Who_has_left_without_reading_its_answers_is_forgotten_at_once()
    {
        await using var service = await ServiceProcess.Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory")).ReadyAsync();
        for (var client = 0; client < 50; client++)
        {
            using var socket = Connect(service.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /ids/150 HTTP/1.1\r\nHost: ids\r\n\r\n", 20))));
            await socket.ReceiveAsync(new byte[1]);
        }

        await Task.Delay(1_000);

        var scrape = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("\nid_generator_connections{} 1\n", scrape, StringComparison.Ordinal);
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
        socket.Connect("127.0.0.1", port);
        return socket;
    }

    // A busy kernel hands a reset on later than what was sent before it: it is there when the service's side is gone.
    private static async Task UntilResetAsync(int port, HashSet<int> clients)
    {
        while (IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
            .Any(side => side.LocalEndPoint.Port == port && clients.Contains(side.RemoteEndPoint.Port))) await Task.Delay(10);
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
