using System.Globalization;
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

    [CultureTheory]
    [InlineData("th_TH")]
    [InlineData("ar_SA")]
    [InlineData("tr_TR")]
    public async Task Dates_and_numbers_are_written_the_same_wherever_the_host_is(string locale)
    {
        await using var service = await Start(
            ("LC_ALL", $"{locale}.UTF-8"), ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "false"), ("LOG_FORMAT", "text")).ReadyAsync();

        var decoded = await service.Client.GetStringAsync(new Uri("/decode/378432687628619776", UriKind.Relative));
        var metrics = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.Contains("\"2026-11-21T19:52:17.734Z\"", decoded, StringComparison.Ordinal);
        Assert.Contains("id_generator_capacity_ids_per_second", metrics, StringComparison.Ordinal);
        Assert.True(Ascii.IsValid(metrics));
        Assert.All(service.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line =>
            Assert.Matches($"^{DateTimeOffset.UtcNow.Year.ToString(CultureInfo.InvariantCulture)}-[0-9]{{2}}-[0-9]{{2}}T", line));
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

    [FakeTimeTheory]
    [InlineData(-5)]
    [InlineData(-50)]
    public async Task A_wall_clock_that_is_set_back_by_up_to_a_minute_costs_no_request_even_through_a_crash(double step)
    {
        var clock = new FakeClock(Path.Combine(_scratch.Directory, "clock"));
        (string, string)[] variables = [.. clock.Variables, ("Lease__RenewSeconds", "1")];
        var first = await Start(variables).ReadyAsync();
        var highest = await IdAsync(first);

        clock.Set(step);
        while (!first.Output.Contains("was set back by", StringComparison.Ordinal)) highest = await HigherAsync(first, highest);
        // Several renewals, of which none tells it again.
        for (var end = DateTime.UtcNow.AddSeconds(3); DateTime.UtcNow < end;) highest = await HigherAsync(first, highest);
        Assert.Single(first.Output.Split('\n'), line => line.Contains("was set back by", StringComparison.Ordinal));
        await first.CrashAsync();

        await using var second = await Start(variables).AnswersAsync("/health/live", status => status == HttpStatusCode.OK);
        await HigherAsync(second, highest);

        static async Task<long> HigherAsync(ServiceProcess service, long than)
        {
            // Throws where it is refused.
            var id = await IdAsync(service);
            Assert.True(id > than);
            return id;
        }
    }

    [FakeTimeFact]
    public async Task Who_waits_for_the_next_millisecond_is_not_cut_off_for_a_newcomer()
    {
        // A wall clock that stands still, so that the wait is long enough to see: 0.2 s.
        await using var service = await Start(
            [.. FakeTime.Wall(DateTime.Now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
            ("Clock__MaxLeadMilliseconds", "0"), ("Gateway__MaxConnections", "1")]).AnswersAsync("/health/live", status => status == HttpStatusCode.OK);
        // The one place is free again some time after that.
        service.Client.Dispose();
        var client = await ConnectWhereThereIsRoomAsync(service.Port);
        var (buffer, answer, hasCome) = (new byte[1_024], "HTTP/1.1 200 ", false);
        for (var request = 0; request < 5_000 && answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal); request++)
        {
            var asking = AskAsync(client, buffer);
            // It waits: now somebody else comes.
            var comes = await Task.WhenAny(asking, Task.Delay(50)) != asking;
            using var newcomer = new Socket(SocketType.Stream, ProtocolType.Tcp);
            if (comes) await newcomer.ConnectAsync(IPAddress.Loopback, service.Port);
            answer = await asking;
            if (answer.Length == 0 && hasCome && !comes)
            {
                // An answer took long because the machine was slow: the newcomer found a client that waited for nothing, and has taken its place.
                client.Dispose();
                (client, answer, hasCome) = (await ConnectWhereThereIsRoomAsync(service.Port), "HTTP/1.1 200 ", false);
            }

            hasCome |= comes;
        }

        client.Dispose();
        Assert.StartsWith("HTTP/1.1 503 ", answer, StringComparison.Ordinal);
    }

    /// <returns>Empty where the connection has ended.</returns>
    private static async Task<string> AskAsync(Socket client, byte[] buffer)
    {
        try
        {
            await client.SendAsync("GET /id HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
            return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return "";
        }
    }

    /// <summary>A connection that has been answered; one that there is no room for is closed.</summary>
    private static async Task<Socket> ConnectWhereThereIsRoomAsync(int port)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                await client.SendAsync("GET /health/live HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
                if (await client.ReceiveAsync(new byte[1_024]) > 0) return client;
            }
            catch (SocketException)
            {
                // It was reset.
            }

            client.Dispose();
            await Task.Delay(100);
        }

        throw new TimeoutException("There was no room for a connection in 10 s.");
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

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "no-value")]
    [InlineData("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent/ca.pem")]
    [InlineData("OTEL_METRIC_EXPORT_INTERVAL", "0")]
    public async Task What_OpenTelemetry_does_not_take_is_a_bad_setting_too(string name, string value)
    {
        await using var service = Start(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"), (name, value));

        Assert.Equal(78, await service.ExitAsync());
        Assert.StartsWith("OpenTelemetry does not take a setting of its own (OTEL_…): ", service.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', service.Errors);
    }

    [Fact]
    public async Task A_bad_value_with_a_line_end_is_told_in_one_line()
    {
        await using var service = Start(("WORKER_ID", "5\n6"));

        Assert.Equal(78, await service.ExitAsync());
        Assert.Equal("WORKER_ID is \"5\\n6\"; allowed is a whole number from 0 to 1023.", service.Errors);
    }

    [Fact]
    public async Task All_bad_settings_are_told_at_once_and_end_with_78()
    {
        await using var service = Start(
            ("WORKER_ID", "1024"), ("PORT", "http"), ("WORKERS", "0"), ("Lease__RenewSeconds", "30"), ("LEASE_STORE", "floppy"));

        Assert.Equal(78, await service.ExitAsync());
        Assert.Equal(
            """
            LEASE_STORE is "floppy"; allowed is file, postgres, kubernetes, memory.
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
    public async Task A_head_request_spends_no_ids()
    {
        await using var service = await Start().ReadyAsync();
        foreach (var path in (string[])["/id", "/ids/5", "/ids/4096000"])
        {
            using var head = new HttpRequestMessage(HttpMethod.Head, path);
            using var answer = await service.Client.SendAsync(head);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(0, await service.MetricAsync("id_generator_ids_generated_total"));
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Worker 5 over this test's directory.</summary>
    private ServiceProcess Start(params (string, string)[] variables) =>
        ServiceProcess.Start("Gateway", [("WORKER_ID", "5"), .. _scratch.Variables, .. variables]);

    private static async Task<long> IdAsync(ServiceProcess service) =>
        long.Parse((await service.Client.GetStringAsync(new Uri("/id", UriKind.Relative))).Split('"')[3]);

    private static async Task<List<long>> IdsAsync(ServiceProcess service, int count)
    {
        var body = await service.Client.GetStringAsync(new Uri($"/ids/{count}", UriKind.Relative));
        return body.Split('"').Where(part => part.Length > 15).Select(long.Parse).ToList();
    }

    private static async Task<string> ReasonAsync(ServiceProcess service)
    {
        using var answer = await service.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }
}
