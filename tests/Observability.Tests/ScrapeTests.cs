using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

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
        var (_, output) = await ChildProcess.RunAsync("promtool", ["check", "metrics"], await _gateway.ScrapeAsync());

        Assert.Equal("id_generator_max_sequence_per_ms metric names should not contain abbreviated units", output.Trim());
    }

    [Theory]
    [InlineData("id_generator_ids_generated_total", "counter", "IDs issued.")]
    [InlineData("id_generator_sequence_exhausted_total", "counter", "Milliseconds whose 4,096 sequence numbers ran out while more were wanted.")]
    [InlineData("id_generator_worker_id", "gauge", "The worker ID in the IDs of this process.")]
    [InlineData("id_generator_current_sequence", "gauge", "The sequence number of the ID issued last.")]
    [InlineData("id_generator_max_sequence_per_ms", "gauge", "IDs that one worker can issue with one timestamp.")]
    public async Task The_series_of_the_contract_have_their_type_and_help(string name, string type, string help) =>
        Assert.Contains(
            $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} ", await _gateway.ScrapeAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task The_series_of_the_contract_have_their_values()
    {
        Assert.Equal(7, await _gateway.ValueAsync("id_generator_worker_id"));
        Assert.Equal(4096, await _gateway.ValueAsync("id_generator_max_sequence_per_ms"));

        var before = await _gateway.ValueAsync("id_generator_ids_generated_total");
        var bulk = await _gateway.Client.GetStringAsync("/ids/3");
        var last = long.Parse(bulk.Split('"')[^2]);

        Assert.Equal(before + 3, await _gateway.ValueAsync("id_generator_ids_generated_total"));
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

    [Fact]
    public async Task A_request_whose_client_goes_away_is_counted_as_499()
    {
        using (await _gateway.Client.GetAsync("/ids/4096000", HttpCompletionOption.ResponseHeadersRead))
        {
            // Leaves most of the body where it is.
        }

        const string Aborted = "id_generator_http_request_duration_seconds_count{route=\"/ids/{count}\",status=\"499\"} 1\n";
        await Eventually.ReturnsAsync(
            () => _gateway.ScrapeAsync(), scrape => scrape.Contains(Aborted, StringComparison.Ordinal));
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

        Assert.Equal(contentType, response.Content.Headers.ContentType!.ToString());
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
    public async Task A_scrape_takes_less_than_5_ms_and_allocates_less_than_100_kB()
    {
        const int Scrapes = 100;
        const string Allocated = "dotnet_gc_heap_total_allocated_bytes_total";
        const string Took = "id_generator_http_request_duration_seconds";
        const string Route = "{route=\"/metrics\",status=\"200\"";
        for (var warmUp = 0; warmUp < 30; warmUp++) await _gateway.ScrapeAsync();

        var allocated = await _gateway.ValueAsync(Allocated);
        var fast = await _gateway.ValueAsync($"{Took}_bucket{Route},le=\"0.005\"}}");
        for (var scrape = 0; scrape < Scrapes; scrape++) await _gateway.ScrapeAsync();
        allocated = (await _gateway.ValueAsync(Allocated) - allocated) / Scrapes;
        fast = await _gateway.ValueAsync($"{Took}_bucket{Route},le=\"0.005\"}}") - fast;

        Assert.InRange(allocated, 1, 100_000);
        // Not all of them: a test has the machine's cores not to itself.
        Assert.InRange(fast, Scrapes / 2, 2 * Scrapes);
    }
}
