using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.RegularExpressions;
using IdGenerator.Gateway.Observability;
using IdGenerator.Gateway.Observability.Prometheus;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace IdGenerator.Observability.Tests;

/// <summary>Snapshots of both formats; that the formats are these is judged by promtool and Prometheus in other tests.</summary>
public sealed partial class ExpositionTests : IDisposable
{
    private readonly Meter _meter = new("tests." + Guid.NewGuid());
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RequestMetrics _requests;
    private readonly PrometheusExporter _exporter;
    private readonly MeterProvider _provider;

    public ExpositionTests()
    {
        _requests = new(_services.GetRequiredService<IMeterFactory>(), new(1), TimeProvider.System);
        _exporter = new(_requests);
        _provider = Sdk.CreateMeterProviderBuilder()
            .AddMeter(_meter.Name)
            .SetExemplarFilter(ExemplarFilterType.TraceBased)
            .AddReader(new BaseExportingMetricReader(_exporter))
            .Build();
    }

    [Fact]
    public void A_counter_has_its_suffix_on_samples_and_in_plain_text_on_its_family()
    {
        _meter.CreateCounter<long>("eggs.laid", "{egg}", "Eggs, by hen.").Add(3, new KeyValuePair<string, object?>("hen.house", 7));

        Assert.Equal(
            "# HELP eggs_laid_total Eggs, by hen.\n# TYPE eggs_laid_total counter\neggs_laid_total{hen_house=\"7\"} 3\n",
            Expose());
        Assert.Equal(
            "# TYPE eggs_laid counter\n# HELP eggs_laid Eggs, by hen.\neggs_laid_total{hen_house=\"7\"} 3\n# EOF\n",
            Expose(openMetrics: true));
    }

    [Fact]
    public void An_instrument_without_description_is_explained_by_its_origin()
    {
        _meter.CreateObservableGauge("orleans-grains", () => 4);

        Assert.StartsWith($"# HELP orleans_grains orleans-grains of {_meter.Name}.\n", Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_unit_is_spelled_out_and_declared_to_OpenMetrics()
    {
        _meter.CreateObservableGauge("age", () => 1.5, "s", "Age.");

        Assert.Equal("# HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 1.5\n", Expose());
        Assert.Equal(
            "# TYPE age_seconds gauge\n# UNIT age_seconds seconds\n# HELP age_seconds Age.\nage_seconds 1.5\n# EOF\n",
            Expose(openMetrics: true));
    }

    [Fact]
    public void Labels_and_help_are_escaped_and_numbers_are_those_of_Go()
    {
        double[] values = [double.PositiveInfinity, double.NegativeInfinity, double.NaN];
        _meter.CreateObservableGauge(
            "odd",
            () => values.Select(value => new Measurement<double>(value, new KeyValuePair<string, object?>("k", $"a\"b\\c\nd é {value > 0}"))),
            null,
            "back\\slash, line\nfeed, \"quotes\"");

        var text = Expose();
        Assert.Contains("# HELP odd back\\\\slash, line\\nfeed, \"quotes\"\n", text, StringComparison.Ordinal);
        Assert.Contains("odd{k=\"a\\\"b\\\\c\\nd é True\"} +Inf\n", text, StringComparison.Ordinal);
        Assert.Contains("odd{k=\"a\\\"b\\\\c\\nd é False\"} NaN\n", text, StringComparison.Ordinal);
        Assert.Contains("line\\nfeed, \\\"quotes\\\"\n", Expose(openMetrics: true), StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_with_canonical_bounds()
    {
        var histogram = Histogram();
        histogram.Record(0.00002);
        histogram.Record(0.5);
        histogram.Record(9);

        Assert.Equal(
            "# HELP took_seconds Took.\n# TYPE took_seconds histogram\n" +
            "took_seconds_bucket{le=\"5e-05\"} 1\ntook_seconds_bucket{le=\"1.0\"} 2\ntook_seconds_bucket{le=\"+Inf\"} 3\n" +
            "took_seconds_sum 9.50002\ntook_seconds_count 3\n",
            Expose());
    }

    [Fact]
    public void A_traced_measurement_is_the_exemplar_of_its_bucket_in_OpenMetrics_alone()
    {
        var histogram = Histogram();
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C);
        activity.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        activity.Start();
        histogram.Record(0.25, new KeyValuePair<string, object?>("route", "/id"));
        activity.Stop();

        var exemplars = Exemplar().Matches(Expose(openMetrics: true));

        Assert.Equal("1.0", exemplars.Single().Groups["le"].Value);
        Assert.Equal(activity.TraceId.ToHexString(), exemplars.Single().Groups["trace"].Value);
        Assert.DoesNotContain("trace_id", Expose(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Concurrent_scrapes_each_get_a_whole_exposition()
    {
        var eggs = _meter.CreateCounter<long>("eggs");
        for (var hen = 0; hen < 1_000; hen++) eggs.Add(1, new KeyValuePair<string, object?>("hen", hen));
        var expected = Expose(openMetrics: true);

        var scrapes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => Expose(openMetrics: true))));

        Assert.All(scrapes, scrape => Assert.Equal(expected, scrape));
    }

    public void Dispose()
    {
        _provider.Dispose();
        _meter.Dispose();
        _services.Dispose();
    }

    private Histogram<double> Histogram() => _meter.CreateHistogram(
        "took", "s", "Took.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00005, 1] });

    private string Expose(bool openMetrics = false)
    {
        var output = new ArrayBufferWriter<byte>();
        _exporter.Write(output, openMetrics);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    [GeneratedRegex("""^took_seconds_bucket\{route="/id",le="(?<le>[^"]+)"\} 1 # \{trace_id="(?<trace>[0-9a-f]{32})",span_id="[0-9a-f]{16}"\} 0.25 [0-9.]+$""", RegexOptions.Multiline)]
    private static partial Regex Exemplar();
}
