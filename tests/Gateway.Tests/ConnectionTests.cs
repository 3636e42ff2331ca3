using System.Net;
using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

public sealed class ConnectionTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Connections_without_a_request_do_not_keep_it_from_stopping()
    {
        await using var service = await Start().ReadyAsync();
        var connections = new List<Socket>();
        for (var i = 0; i < 50; i++)
        {
            var connection = new Socket(SocketType.Stream, ProtocolType.Tcp);
            connections.Add(connection);
            await connection.ConnectAsync("127.0.0.1", service.Port);
            if (i % 2 == 0) continue;
            await connection.SendAsync("GET /id HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
            Assert.True(await connection.ReceiveAsync(new byte[1_000]) > 0);
        }

        service.Terminate();

        Assert.Equal(0, await service.ExitAsync());
        foreach (var connection in connections)
        {
            // The end of the stream, not a reset.
            Assert.Equal(0, await connection.ReceiveAsync(new byte[1]));
            connection.Dispose();
        }
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_bulk_ends_its_work()
    {
        await using var service = await Start(("Gateway__MaxBulkRequests", "1")).ReadyAsync();
        using (await service.Client.GetAsync(new Uri("/ids/4096000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            // Disposing of an answer that is not read to its end closes its connection.
        }

        await service.AnswersAsync("/ids/5000", status => status == HttpStatusCode.OK);

        Assert.InRange(await service.MetricAsync("id_generator_ids_generated_total"), 5_000, 3_000_000);
    }

    [Fact]
    public async Task The_fast_path_has_threads_for_half_of_the_workers()
    {
        await using var service = await Start(("WORKERS", "9")).ReadyAsync();

        var threads = Directory.EnumerateDirectories($"/proc/{service.Id}/task").Select(thread => File.ReadAllText($"{thread}/comm"));

        Assert.Equal(5, threads.Count(name => name.Trim() == "Poller"));
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_bulk_makes_way_for_others()
    {
        await using var service = await Start(("Gateway__MaxBulkRequests", "1")).ReadyAsync();
        using var idle = await ConnectAsync(service);
        idle.ReceiveBufferSize = 4_096;
        await idle.SendAsync("GET /ids/4096000 HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        await idle.ReceiveAsync(new byte[1]);
        using var other = await service.Client.GetAsync(new Uri("/ids/5000", UriKind.Relative));
        Assert.Equal(HttpStatusCode.TooManyRequests, other.StatusCode);

        await service.AnswersAsync("/ids/5000", status => status == HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task A_newcomer_takes_the_place_of_the_connection_that_has_been_idle_longest(string fastPath)
    {
        await using var service = await Start(("Gateway__MaxConnections", "3"), ("Gateway__FastPath", fastPath)).ReadyAsync();
        using var first = await ConnectAsync(service);
        using var second = await ConnectAsync(service);
        Assert.NotEqual(0, await AskAsync(first));
        Assert.NotEqual(0, await AskAsync(second));
        using var third = await ConnectAsync(service);
        Assert.NotEqual(0, await AskAsync(third));
        Assert.NotEqual(0, await AskAsync(first));

        // The client that waited for the service to be ready has been idle longest, and is gone; now it is the second's turn.
        using var fourth = await ConnectAsync(service);

        Assert.NotEqual(0, await AskAsync(fourth));
        Assert.Equal(0, await second.ReceiveAsync(new byte[1]).WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.NotEqual(0, await AskAsync(first));
        Assert.InRange(await service.MetricAsync("id_generator_refusals_total{reason=\"idle\"}"), 2, 3);
    }

    [Fact]
    public async Task A_bulk_without_length_and_chunks_never_looks_whole_where_it_was_cut_for_a_newcomer()
    {
        const int count = 1_000_000;
        await using var service = await Start(("Gateway__MaxConnections", "1")).ReadyAsync();
        using var stop = new CancellationTokenSource();
        var newcomers = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) using (await ConnectAsync(service)) await Task.Delay(5);
        });
        for (var round = 0; round < 40; round++)
        {
            using var reader = await ConnectAsync(service);
            var (lines, wasReset) = (0, false);
            var buffer = new byte[65_536];
            try
            {
                await reader.SendAsync(Encoding.ASCII.GetBytes($"GET /ids/{count} HTTP/1.0\r\nAccept: text/plain\r\n\r\n"));
                for (int received; (received = await reader.ReceiveAsync(buffer)) > 0;) lines += buffer.AsSpan(0, received).Count((byte)'\n');
            }
            catch (SocketException)
            {
                wasReset = true;
            }

            // A whole one has the lines of its head besides.
            Assert.True(wasReset || lines is 0 or > count, $"{lines} lines, and then an end like any other");
        }

        await stop.CancelAsync();
        await newcomers;
    }

    [Fact]
    public async Task Who_ends_lines_with_LF_alone_is_idle_after_its_answer_too()
    {
        // In so little memory Kestrel has one place, which every other request wants.
        await using var service = await Start(("DOTNET_GCHeapHardLimit", "4000000")).ReadyAsync();
        var clients = new List<Socket>();
        for (var client = 0; client < 10; client++)
        {
            clients.Add(await ConnectAsync(service));
            await AskInLinesAsync(clients[^1]);
            await Task.Delay(60);
        }

        foreach (var client in clients) await AskInLinesAsync(client);
        foreach (var client in clients) client.Dispose();

        static async Task AskInLinesAsync(Socket client)
        {
            await client.SendAsync("GET /health HTTP/1.1\nHost: ids\n\n"u8.ToArray());
            Assert.NotEqual(0, await client.ReceiveAsync(new byte[1_024]));
        }
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task What_follows_half_a_request_or_a_head_is_never_taken_for_a_request(string fastPath)
    {
        // In so little memory Kestrel has one place, which every other request wants.
        await using var service = await Start(("Gateway__FastPath", fastPath), ("DOTNET_GCHeapHardLimit", "4000000")).ReadyAsync();
        (string, string)[] requests =
        [
            ("GET /decode/5 HTTP/1.1\r\nHost: ids\r\n", "GET: /decode/6 HTTP/1.1\r\n\r\n"),
            ("GET /decode/5 HTTP/1.1\r\nHost: ids\r\nContent-Length: 41\r\n\r\n", "GET /decode/6 HTTP/1.1\r\nHost: ids\r\n\r\n..."),
        ];
        // Whether the other one comes before the second half or after it is up to the machine: each way comes in some round.
        foreach (var (first, second) in requests)
            for (var round = 0; round < 40; round++)
            {
                using var connection = await ConnectAsync(service);
                using var other = await ConnectAsync(service);
                await connection.SendAsync(Encoding.ASCII.GetBytes(first));
                await Task.Delay(round);
                var asked = AskAsync(other);
                await Task.Delay(round);
                await TrySendAsync(connection, second);

                Assert.NotEqual(0, await asked);
                var answers = await ReadToEndAsync(connection);
                // It may have been closed for the place that it takes.
                Assert.InRange(answers.Split("HTTP/1.1 ").Length, 1, 2);
                Assert.DoesNotContain("HTTP/1.1 400", answers, StringComparison.Ordinal);
            }
    }

    [Fact]
    public async Task A_limit_that_does_not_fit_the_memory_is_told_at_start()
    {
        await using var service = Start(("Gateway__MaxConnections", "12000"), ("DOTNET_GCHeapHardLimit", "8000000"));

        Assert.Equal(78, await service.ExitAsync());
        Assert.Equal("Gateway:MaxConnections is \"12000\"; allowed is a whole number from 1 to 2644.", service.Errors);
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Worker 5 over this test's directory.</summary>
    private ServiceProcess Start(params (string, string)[] variables) =>
        ServiceProcess.Start("Gateway", [("WORKER_ID", "5"), .. _scratch.Variables, .. variables]);

    private static async Task<Socket> ConnectAsync(ServiceProcess service)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", service.Port);
        return socket;
    }

    private static async Task TrySendAsync(Socket connection, string text)
    {
        try
        {
            await connection.SendAsync(Encoding.ASCII.GetBytes(text));
            connection.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Reset.
        }
    }

    private static async Task<string> ReadToEndAsync(Socket connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            while (await connection.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(20)) is > 0 and var read)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Reset.
        }

        return text.ToString();
    }

    private static async Task<int> AskAsync(Socket connection)
    {
        await connection.SendAsync("GET /decode/5 HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        return await connection.ReceiveAsync(new byte[1_000]).WaitAsync(TimeSpan.FromSeconds(10));
    }
}
