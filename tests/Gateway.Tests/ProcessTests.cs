using System.Net;
using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

public sealed class ProcessTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task A_second_process_with_the_worker_id_ends_with_69_and_names_the_first()
    {
        await using var first = await Start().ReadyAsync();
        await using var second = Start();

        Assert.Equal(69, await second.ExitAsync());
        Assert.Contains("Worker ID 5 is held by", second.Errors, StringComparison.Ordinal);
        Assert.Contains($"process {first.Id} ", second.Errors, StringComparison.Ordinal);
        Assert.True(await IdAsync(first) > 0);
    }

    [Fact]
    public async Task A_crash_and_restart_serves_again_at_once_and_repeats_nothing()
    {
        var first = await Start().ReadyAsync();
        var before = await IdsAsync(first, 20_000);
        await first.CrashAsync();

        await using var second = await Start().ReadyAsync();
        var after = await IdsAsync(second, 20_000);

        Assert.True(after.Min() > before.Max());
        Assert.InRange(new SnowflakeId(after[0]).CreatedAt, DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [FakeTimeFact]
    public async Task A_crash_and_restart_with_the_clock_an_hour_back_issues_nothing_and_says_why()
    {
        var first = await Start().ReadyAsync();
        await IdAsync(first);
        await first.CrashAsync();

        await using var second = await Start(FakeTime.Wall("-1h")).AnswersAsync("/health/live", status => status == HttpStatusCode.OK);
        using var answer = await second.Client.GetAsync(new Uri("/id", UriKind.Relative));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 55, 60);
        Assert.Contains("wall clock is behind", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [FakeTimeFact]
    public async Task A_crash_and_restart_with_the_clock_a_little_back_issues_and_repeats_nothing()
    {
        var first = await Start().ReadyAsync();
        var before = await IdsAsync(first, 20_000);
        await first.CrashAsync();

        await using var second = await Start(FakeTime.Wall("-0.9s")).ReadyAsync();

        Assert.True((await IdsAsync(second, 20_000)).Min() > before.Max());
    }

    [Fact]
    public async Task A_clean_stop_gives_the_reservation_back()
    {
        var first = await Start().ReadyAsync();
        var before = await IdAsync(first);
        first.Terminate();
        Assert.Equal(0, await first.ExitAsync());
        var record = await File.ReadAllTextAsync(Path.Combine(_scratch.Directory, "worker-5.json"));
        Assert.Contains("\"holder\": null", record, StringComparison.Ordinal);
        Assert.Contains($"\"reservedUntil\": {new SnowflakeId(before).Timestamp + 1},", record, StringComparison.Ordinal);

        await using var second = await Start().ReadyAsync();
        Assert.True(await IdAsync(second) > before);
    }

    [Fact]
    public async Task The_directory_that_it_was_started_in_is_not_watched()
    {
        await using var service = await Start().ReadyAsync();

        var open = Directory.EnumerateFileSystemEntries($"/proc/{service.Id}/fd").Select(file => new FileInfo(file).LinkTarget);

        Assert.DoesNotContain("anon_inode:inotify", open);
    }

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
    public async Task A_bulk_that_runs_when_the_stop_comes_is_finished()
    {
        var service = await Start().ReadyAsync();
        using var response = await service.Client.GetAsync(
            new Uri("/ids/1000000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        service.Terminate();

        var body = await response.Content.ReadAsStringAsync();

        Assert.EndsWith("]}", body, StringComparison.Ordinal);
        Assert.Equal(0, await service.ExitAsync());
    }

    [Fact]
    public async Task While_it_drains_it_serves_but_says_that_it_is_not_ready()
    {
        await using var service = await Start(("Gateway__DrainSeconds", "60")).ReadyAsync();
        service.Terminate();

        await service.AnswersAsync("/health/ready", status => status == HttpStatusCode.ServiceUnavailable);
        Assert.Contains("Shutting down", await service.Client.GetStringAsync(new Uri("/health/live", UriKind.Relative))
            + await ReasonAsync(service), StringComparison.Ordinal);
        Assert.True(await IdAsync(service) > 0);
    }

    [Fact]
    public async Task All_bad_settings_are_told_at_once_and_end_with_78()
    {
        await using var service = Start(
            ("WORKER_ID", "1024"), ("PORT", "http"), ("WORKERS", "0"), ("Lease__RenewSeconds", "30"), ("LEASE_STORE", "floppy"));

        Assert.Equal(78, await service.ExitAsync());
        Assert.Equal(
            """
            LEASE_STORE is "floppy"; allowed is file, kubernetes, memory.
            WORKER_ID is "1024"; allowed is a whole number from 0 to 1023.
            Lease:RenewSeconds is 30; allowed are 1 to a third of Lease:ReserveSeconds (60).
            PORT is "http"; allowed is a whole number from 0 to 65535.
            WORKERS is "0"; allowed is a whole number from 1 to 1024.
            """,
            service.Errors);
        Assert.Empty(service.Output);
    }

    [Fact]
    public async Task A_torn_lease_file_ends_with_77_and_says_what_to_do()
    {
        await File.WriteAllTextAsync(Path.Combine(_scratch.Directory, "worker-5.json"), "{\"revision\":");
        await using var service = Start();

        Assert.Equal(77, await service.ExitAsync());
        Assert.Contains("worker-5.json is not a lease record", service.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_bulk_requests_at_once_than_allowed_are_told_to_come_back()
    {
        await using var service = await Start(("Gateway__MaxBulkRequests", "1")).ReadyAsync();
        using var running = await service.Client.GetAsync(
            new Uri("/ids/4096000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var second = await service.Client.GetAsync(new Uri("/ids/5000", UriKind.Relative));
        using var small = await service.Client.GetAsync(new Uri("/ids/100", UriKind.Relative));

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter!.Delta);
        Assert.Equal("""{"error":"Too many bulk requests at once"}""", await second.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
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

        Assert.InRange(await MetricAsync(service, "id_generator_ids_generated_total"), 5_000, 3_000_000);
    }

    [Fact]
    public async Task The_fast_path_has_threads_for_half_of_the_workers()
    {
        await using var service = await Start(("WORKERS", "9")).ReadyAsync();

        var threads = Directory.EnumerateDirectories($"/proc/{service.Id}/task").Select(thread => File.ReadAllText($"{thread}/comm"));

        Assert.Equal(5, threads.Count(name => name.StartsWith(".NET Sockets", StringComparison.Ordinal)));
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
        Assert.InRange(await MetricAsync(service, "id_generator_refusals_total{reason=\"idle\"}"), 2, 3);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task What_follows_half_a_request_or_a_head_is_never_taken_for_a_request(string fastPath)
    {
        // In so little memory Kestrel has one place, which every other request wants.
        await using var service = await Start(("Gateway__FastPath", fastPath), ("DOTNET_GCHeapHardLimit", "0x4000000")).ReadyAsync();
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
        await using var service = Start(("Gateway__MaxConnections", "12000"), ("DOTNET_GCHeapHardLimit", "0x8000000"));

        Assert.Equal(78, await service.ExitAsync());
        Assert.Equal("Gateway:MaxConnections is \"12000\"; allowed is a whole number from 1 to 3172.", service.Errors);
    }

    [Fact]
    public async Task A_head_request_spends_no_ids()
    {
        await using var service = await Start().ReadyAsync();
        foreach (var path in (string[])["/id", "/ids/5", "/ids/4096000"])
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            using var answer = await service.Client.SendAsync(head);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(0, await MetricAsync(service, "id_generator_ids_generated_total"));
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

    private static async Task<long> IdAsync(ServiceProcess service) =>
        long.Parse((await service.Client.GetStringAsync(new Uri("/id", UriKind.Relative))).Split('"')[3]);

    private static async Task<List<long>> IdsAsync(ServiceProcess service, int count)
    {
        var body = await service.Client.GetStringAsync(new Uri($"/ids/{count}", UriKind.Relative));
        return body.Split('"').Where(part => part.Length > 15).Select(long.Parse).ToList();
    }

    private static async Task<double> MetricAsync(ServiceProcess service, string name)
    {
        var metrics = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var series = name.EndsWith('}') ? name : name + "{}";
        return double.Parse(metrics.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal)).Split(' ')[1]);
    }

    private static async Task<string> ReasonAsync(ServiceProcess service)
    {
        using var answer = await service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }
}
