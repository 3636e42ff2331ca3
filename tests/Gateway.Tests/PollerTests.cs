using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Connections;

namespace IdGenerator.Gateway.Tests;

public sealed class PollerTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly Pollers _pollers = new(workers: 1);
    private readonly Socket _listening = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _clients = [];

    public PollerTests()
    {
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen(512);
    }

    [Fact]
    public async Task What_was_there_before_is_told_and_what_comes_later()
    {
        var (client, server) = await ConnectAsync();
        await client.SendAsync("a"u8.ToArray());
        using var readiness = _pollers.Watch(server);

        await WaitAsync(readiness);
        Assert.Equal(1, Receive(server));

        var waiting = WaitAsync(readiness);
        Assert.False(waiting.IsCompleted);
        await client.SendAsync("b"u8.ToArray());
        await waiting;
        Assert.Equal(1, Receive(server));
    }

    [Fact]
    public async Task An_end_that_comes_with_the_last_bytes_is_not_missed()
    {
        var (client, server) = await ConnectAsync();
        await client.SendAsync("a"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);
        while (server.Socket.Available < 1) await Task.Yield();
        using var readiness = _pollers.Watch(server);

        await WaitAsync(readiness);
        Assert.Equal(1, Receive(server));
        await WaitAsync(readiness);
        Assert.Equal(0, Receive(server));
        Assert.False(readiness.IsReset);
    }

    [Fact]
    public async Task A_reset_by_the_client_is_told_though_its_bytes_can_be_read()
    {
        var (client, server) = await ConnectAsync();
        await client.SendAsync("a"u8.ToArray());
        client.LingerState = new(true, 0);
        client.Dispose();
        while (!server.IsGone) await Task.Yield();
        using var readiness = _pollers.Watch(server);

        await WaitAsync(readiness);

        Assert.True(readiness.IsReset);
    }

    [Fact]
    public async Task A_reset_by_the_server_ends_the_wait()
    {
        var (_, server) = await ConnectAsync();
        using var readiness = _pollers.Watch(server);
        var waiting = WaitAsync(readiness);

        server.Reset();

        await waiting;
        Assert.Throws<ObjectDisposedException>(() => Receive(server));
    }

    [Fact]
    public async Task A_connection_with_the_descriptor_of_a_closed_one_is_told()
    {
        // Until it is so: something else of this process may have got the descriptor.
        Socket client;
        Readiness before, readiness;
        do
        {
            var (_, closed) = await ConnectAsync();
            client = await OpenAsync();
            before = _pollers.Watch(closed);
            closed.Reset();
            readiness = _pollers.Watch(await AcceptAsync());
        }
        while (before.Descriptor != readiness.Descriptor);

        before.Dispose();
        await client.SendAsync("a"u8.ToArray());

        await WaitAsync(readiness);
    }

    [Fact]
    public async Task Nothing_is_lost_whoever_goes_on_wherever()
    {
        const int connections = 50, messages = 400;
        var all = new List<(Socket Client, Client Server)>();
        while (all.Count < connections) all.Add(await ConnectAsync());

        var asking = all.Select((pair, index) => Task.Run(() => AskAsync(pair.Client, new Random(index))));
        var echoing = all.Select((pair, index) => Task.Run(() => EchoAsync(pair.Server, new Random(index))));
        await Task.WhenAll([.. asking, .. echoing]).WaitAsync(Soon);

        static async Task AskAsync(Socket client, Random dice)
        {
            var answer = new byte[1];
            for (var message = 0; message < messages; message++)
            {
                await client.SendAsync(new byte[] { (byte)message });
                Assert.Equal(1, await client.ReceiveAsync(answer));
                Assert.Equal((byte)message, answer[0]);
                if (dice.Next(10) == 0) await Task.Delay(1);
            }

            client.Shutdown(SocketShutdown.Send);
        }

        async Task EchoAsync(Client server, Random dice)
        {
            using var readiness = _pollers.Watch(server);
            var message = new byte[16];
            while (true)
            {
                await readiness.WaitAsync();
                var received = server.Socket.Receive(message, SocketFlags.None, out var error);
                if (error == SocketError.WouldBlock) continue;
                if (received == 0) return;
                // From here on in the thread pool, while the poller's thread learns of more.
                if (dice.Next(3) == 0) await Task.Yield();
                await server.Socket.SendAsync(message.AsMemory(0, received));
            }
        }
    }

    public void Dispose()
    {
        foreach (var client in _clients) client.Dispose();
        _listening.Dispose();
        _pollers.Dispose();
    }

    private static Task WaitAsync(Readiness readiness) => readiness.WaitAsync().AsTask().WaitAsync(Soon);

    private static int Receive(Client server) => server.Socket.Receive(new byte[16]);

    private async Task<(Socket Client, Client Server)> ConnectAsync() => (await OpenAsync(), await AcceptAsync());

    private async Task<Socket> OpenAsync()
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _clients.Add(client);
        await client.ConnectAsync(_listening.LocalEndPoint!);
        return client;
    }

    private async Task<Client> AcceptAsync()
    {
        var server = await _listening.AcceptAsync();
        server.Blocking = false;
        return new(server, 0);
    }
}
