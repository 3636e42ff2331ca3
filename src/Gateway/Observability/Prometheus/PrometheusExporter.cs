using System.Buffers;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>
/// What the OpenTelemetry SDK has collected, as text for Prometheus. This folder stands in for the SDK's own Prometheus
/// exporter, which has no stable release and cannot be restored from every package source.
/// <para>
/// It writes the text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats) and OpenMetrics 1.0
/// (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md), with names as OpenTelemetry maps
/// them (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics). It trusts instruments not to
/// have attributes, or names, that differ only in punctuation.
/// </para>
/// </summary>
[ExportModes(ExportModes.Pull)]
internal sealed class PrometheusExporter(RequestMetrics requests) : BaseExporter<Metric>, IPullMetricExporter
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Metric, MetricFamily> _families = [];
    private ExpositionWriter? _writer;

    public Func<int, bool>? Collect { get; set; }

    /// <summary>Collects, and appends a whole exposition to <paramref name="output"/>. Callers take turns.</summary>
    public void Write(IBufferWriter<byte> output, bool openMetrics)
    {
        lock (_lock)
        {
            _writer = new(output, openMetrics);
            Collect?.Invoke(Timeout.Infinite);
            _writer.Write(requests);
            _writer.End();
        }
    }

    public override ExportResult Export(in Batch<Metric> batch)
    {
        foreach (var metric in batch)
        {
            if (metric.MeterName == Telemetry.PushedMeterName) continue;
            if (!_families.TryGetValue(metric, out var family)) _families[metric] = family = MetricFamily.Of(metric);
            _writer!.Write(family, metric);
        }

        return ExportResult.Success;
    }
}
