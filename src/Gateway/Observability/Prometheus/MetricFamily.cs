using System.Text;
using OpenTelemetry.Metrics;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>The name of a metric and the lines above its samples: made once, written at each scrape.</summary>
internal sealed class MetricFamily
{
    private readonly byte[] _sampleName;
    private readonly byte[] _textHeader;
    private readonly byte[] _openMetricsHeader;

    public MetricFamily(string instrument, string? unitCode, string description, string type)
    {
        var unit = MetricName.UnitOf(unitCode);
        var name = MetricName.Of(instrument, unit, type);
        var sample = type == "counter" ? name + "_total" : name;
        var help = description
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);
        var unitLine = unit.Length > 0 ? $"# UNIT {name} {unit}\n" : "";

        _sampleName = Encoding.UTF8.GetBytes(sample);
        _textHeader = Encoding.UTF8.GetBytes($"# HELP {sample} {help}\n# TYPE {sample} {type}\n");
        // Here a counter's family goes without the suffix of its samples, and quotes are escaped in help too.
        _openMetricsHeader = Encoding.UTF8.GetBytes(
            $"# TYPE {name} {type}\n{unitLine}# HELP {name} {help.Replace("\"", "\\\"", StringComparison.Ordinal)}\n");
    }

    /// <summary>What sample lines begin with; a histogram's go on with a suffix.</summary>
    public ReadOnlySpan<byte> SampleName => _sampleName;

    public static MetricFamily Of(Metric metric)
    {
        // Orleans describes none of its instruments: their own names are what its documentation knows them by.
        var description = metric.Description.Length > 0 ? metric.Description : $"{metric.Name} of {metric.MeterName}.";
        return new(metric.Name, metric.Unit, description, TypeOf(metric));
    }

    public ReadOnlySpan<byte> Header(bool openMetrics) => openMetrics ? _openMetricsHeader : _textHeader;

    private static string TypeOf(Metric metric) => metric.MetricType switch
    {
        // The runtime declares these two as counters, though they rise and fall.
        _ when metric.Name is "dotnet.thread_pool.thread.count" or "dotnet.thread_pool.queue.length" => "gauge",
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        _ => "gauge",
    };
}
