using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

/// <summary><c>/metrics</c> of the gateway as it is run.</summary>
public sealed class ScrapeTests(OneNode node) : IClassFixture<OneNode>
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string PlainText = "text/plain; version=0.0.4; charset=utf-8";

    private readonly GatewayProcess _gateway = node.Gateway;

    [PrometheusFact]
    public async Task Promtool_complains_of_nothing_but_the_inherited_name()
    {
        var (_, output, errors) = await ChildProcess.RunAsync(
            "promtool", ["check", "metrics"], Encoding.UTF8.GetBytes(await _gateway.ScrapeAsync()));

        Assert.Equal("id_generator_max_sequence_per_ms metric names should not contain abbreviated units", (output + errors).Trim());
    }

    [Theory]
    [InlineData("id_generator_ids_generated_total", "counter", "IDs issued.")]
    [InlineData("id_generator_sequence_exhausted_total", "counter", "Milliseconds whose 4,096 sequence numbers ran out while more were wanted.")]
    [InlineData("id_generator_worker_id", "gauge", "The worker ID in the IDs of this process.")]
    [InlineData("id_generator_current_sequence", "gauge", "The sequence number of the ID issued last.")]
    [InlineData("id_generator_max_sequence_per_ms", "gauge", "IDs that one worker can issue with one timestamp.")]
    public async Task The_series_of_the_contract_have_their_type_and_help(string name, string type, string help) =>
        Assert.Contains(
            $"# TYPE {name} {type}\n# HELP {name} {help}\n{name}{{}} ", await _gateway.ScrapeAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task The_series_of_the_contract_have_their_values()
    {
        Assert.Equal(7, await _gateway.ValueAsync("id_generator_worker_id"));
        Assert.Equal(4096, await _gateway.ValueAsync("id_generator_max_sequence_per_ms"));

        var before = await _gateway.ValueAsync("id_generator_ids_generated_total");
        var bulk = await _gateway.Client.GetStringAsync("/ids/3");
        var last = long.Parse(bulk.Split('"')[^2]);

        await Eventually.ReturnsAsync(() => _gateway.ValueAsync("id_generator_ids_generated_total"), value => value == before + 3);
        Assert.Equal(last & 4095, await _gateway.ValueAsync("id_generator_current_sequence"));
    }

    [Theory]
    [InlineData("/id", "200")]
    [InlineData("/ids/{count}", "200")]
    [InlineData("/ids/{count}", "400")]
    [InlineData("/decode/{id}", "200")]
    [InlineData("none", "404")]
    [InlineData("/metrics", "200")]
    public async Task Requests_are_counted_by_route_and_status(string route, string status) => Assert.True(
        await _gateway.ValueAsync(
            $"id_generator_http_request_duration_seconds_count{{route=\"{route}\",status=\"{status}\"}}") >= 1);

    [Theory]
    [InlineData("GET", "/ids/4096000", "HTTP/1.1", 1)]
    [InlineData("GET", "/ids/4096", "HTTP/1.1", 1)] // In one piece of 86 KB, more than what the kernel takes.
    [InlineData("GET", "/ids/4096", "HTTP/1.0", 1)]
    [InlineData("HEAD", "/ids/5", "HTTP/1.1", 2_000)]
    [InlineData("GET", "/id", "HTTP/1.1", 2_000)]
    public async Task A_request_whose_client_goes_away_is_counted_as_499(string method, string target, string version, int requests)
    {
        var route = target == "/id" ? "/id" : "/ids/{count}";
        var before = Count(await _gateway.ScrapeAsync(), "499");
        using (var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2_048 })
        {
            await connection.ConnectAsync(IPAddress.Loopback, _gateway.Client.BaseAddress!.Port);
            var request = $"{method} {target} {version}\r\nHost: ids\r\n\r\n";
            _ = connection.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(request, requests))));
            await connection.ReceiveAsync(new byte[1]);
            // Nothing is read until what the kernel takes is full: then no more answers are counted.
            var (answered, last) = (0, -1);
            while (answered != last) (last, answered) = (answered, await AnsweredAsync());
            connection.LingerState = new(true, 0);
        }

        await Eventually.ReturnsAsync(() => _gateway.ScrapeAsync(), scrape => Count(scrape, "499") == before + 1);

        async Task<int> AnsweredAsync()
        {
            // A scrape is good for 300 ms.
            await Task.Delay(400);
            return Count(await _gateway.ScrapeAsync(), "200");
        }

        int Count(string scrape, string status)
        {
            var series = $"id_generator_http_request_duration_seconds_count{{route=\"{route}\",status=\"{status}\"}} ";
            var line = scrape.Split('\n').SingleOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
            return line is null ? 0 : int.Parse(line[series.Length..], CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [InlineData(null, PlainText, "")]
    [InlineData("text/plain", PlainText, "")]
    [InlineData("application/openmetrics-text;version=1.0.0", OpenMetrics, "# EOF\n")]
    public async Task The_format_is_negotiated(string? accept, string contentType, string end)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null) request.Headers.Add("Accept", accept);
        using var response = await _gateway.Client.SendAsync(request);

        Assert.StartsWith(contentType, response.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("\n" + end, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gzip_is_sent_to_those_who_accept_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var response = await _gateway.Client.SendAsync(request);
        await using var body = new GZipStream(await response.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(body);

        Assert.Equal(["gzip"], response.Content.Headers.ContentEncoding);
        Assert.EndsWith("\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Head_answers_without_a_body()
    {
        using var response = await _gateway.Client.SendAsync(new(HttpMethod.Head, "/metrics"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Latency_has_the_bounds_of_the_dashboard_from_50_microseconds_to_10_seconds()
    {
        const string Bucket = "id_generator_http_request_duration_seconds_bucket{route=\"/id\",status=\"200\",le=\"";
        var bounds = (await _gateway.ScrapeAsync("application/openmetrics-text;version=1.0.0")).Split('\n')
            .Where(line => line.StartsWith(Bucket, StringComparison.Ordinal))
            .Select(line => line[Bucket.Length..].Split('"')[0]);

        Assert.Equal(
            ["5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5",
                "1.0", "2.5", "5.0", "10.0", "+Inf"],
            bounds);
    }

    [Fact]
    public async Task Scrapes_that_come_at_once_share_one_collection()
    {
        const int Scrapes = 200;
        var stopwatch = Stopwatch.StartNew();

        var scrapes = await Task.WhenAll(Enumerable.Range(0, Scrapes).Select(_ => _gateway.ScrapeAsync()));

        // A collection is good for 300 ms. Each has its own: the CPU time in it rises from one to the next.
        var collections = scrapes.Distinct().Count();
        Assert.InRange(collections, 1, 2 + (stopwatch.ElapsedMilliseconds / 300));
        Assert.InRange(collections, 1, Scrapes / 4);
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_scrapes_delays_no_others()
    {
        using var idle = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2_048 };
        await idle.ConnectAsync(_gateway.Client.BaseAddress!.Host, _gateway.Client.BaseAddress.Port);
        // More than the kernel and Kestrel take off the service's hands; Kestrel waits 10 s before it gives the client up.
        await idle.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /metrics HTTP/1.1\r\nHost: ids\r\n\r\n", 300))));
        var stopwatch = Stopwatch.StartNew();

        while (stopwatch.Elapsed < TimeSpan.FromSeconds(3)) await _gateway.ScrapeAsync().WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_scrape_allocates_less_than_100_kB()
    {
        const int Scrapes = 100;
        const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";
        for (var warmUp = 0; warmUp < 30; warmUp++) await _gateway.ScrapeAsync();

        var before = await _gateway.ValueAsync(Allocated);
        for (var scrape = 0; scrape < Scrapes; scrape++) await _gateway.ScrapeAsync();
        var after = await Eventually.ReturnsAsync(() => _gateway.ValueAsync(Allocated), value => value > before);

        Assert.InRange((after - before) / Scrapes, 1, 100_000);
    }
}
