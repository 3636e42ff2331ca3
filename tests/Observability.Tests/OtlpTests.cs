using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

public sealed class OtlpTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Metrics_are_pushed_and_traces_are_of_callers_who_trace()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(5, [.. collector.Settings, ("OTEL_SERVICE_NAME", "named-by-hand")]);

        await gateway.Client.GetStringAsync("/ids/2");
        using var traced = new HttpRequestMessage(HttpMethod.Get, "/ids/3");
        traced.Headers.Add("traceparent", $"00-{TraceId}-b7ad6b7169203331-01");
        using var response = await gateway.Client.SendAsync(traced);

        await collector.UntilReceivedAsync("/v1/metrics", "id_generator.ids.generated"u8.ToArray());
        await collector.UntilReceivedAsync("/v1/metrics", "named-by-hand"u8.ToArray());
        await collector.UntilReceivedAsync("/v1/metrics", "dotnet.gc.pause.time"u8.ToArray());
        await collector.UntilReceivedAsync("/v1/traces", Convert.FromHexString(TraceId));
        await gateway.StopAsync();
        Assert.Equal(1, collector.Count("/v1/traces", "GET /ids/{count}"u8.ToArray()));
        Assert.Single(gateway.Log, line => line.Contains("without the fast path", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_instrument_is_pushed_under_the_name_that_the_operations_page_gives_it()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(5, [.. collector.Settings]);
        await gateway.Client.GetStringAsync("/ids/2");

        foreach (var (series, instrument) in DocumentedSeries.Instruments)
        {
            Assert.StartsWith(instrument.Replace('.', '_'), series, StringComparison.Ordinal);
            if (DocumentedSeries.OfBoth.Contains(series)) await collector.UntilReceivedAsync("/v1/metrics", Encoding.UTF8.GetBytes(instrument));
        }

        Assert.Equal(DocumentedSeries.OfBoth.Count + DocumentedSeries.OfSilos.Count, DocumentedSeries.Instruments.Count);
    }

    [Fact]
    public async Task Traces_are_not_pushed_where_their_exporter_is_none()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(5, [.. collector.Settings, ("OTEL_TRACES_EXPORTER", "none")]);

        await collector.UntilReceivedAsync("/v1/metrics", "id_generator.ids.generated"u8.ToArray());

        Assert.DoesNotContain(gateway.Log, line => line.Contains("without the fast path", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_are_not_pushed_where_their_exporter_is_another()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            5, [.. collector.Settings, ("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_TRACES_SAMPLER", "always_on")]);

        await gateway.Client.GetStringAsync("/ids/2");
        var scrape = await gateway.ScrapeAsync("text/plain");
        await collector.UntilReceivedAsync("/v1/traces", "GET /ids/{count}"u8.ToArray());
        await gateway.StopAsync();

        Assert.Contains("id_generator_ids_generated_total", scrape, StringComparison.Ordinal);
        Assert.Equal(0, collector.Count("/v1/metrics", "id_generator.ids.generated"u8.ToArray()));
    }

    [Fact]
    public async Task A_signal_is_pushed_to_the_usual_place_where_its_exporter_says_so()
    {
        await using var gateway = await GatewayProcess.StartAsync(5, ("OTEL_TRACES_EXPORTER", "otlp"));

        Assert.Single(gateway.Log, line => line.Contains("without the fast path", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_traced_request_is_an_exemplar()
    {
        await using var collector = await OtlpCollector.StartAsync();
        await using var gateway = await GatewayProcess.StartAsync(
            5, [.. collector.Settings, ("OTEL_TRACES_SAMPLER", "always_on")]);

        await gateway.Client.GetStringAsync("/ids/2");

        var scrape = await gateway.ScrapeAsync("application/openmetrics-text");
        Assert.Contains(scrape.Split('\n'), line =>
            line.Contains("route=\"/ids/{count}\"", StringComparison.Ordinal)
            && line.Contains("# {trace_id=\"", StringComparison.Ordinal));
    }
}
