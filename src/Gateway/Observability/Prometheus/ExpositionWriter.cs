using System.Buffers;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>Writes metrics in one of the two text formats; see <see cref="PrometheusExporter"/>.</summary>
internal sealed class ExpositionWriter(IBufferWriter<byte> output, bool openMetrics)
{
    // The labels of the sample being written: a histogram repeats them for each of its buckets.
    private readonly ArrayBufferWriter<byte> _labels = new();

    public void Write(MetricFamily family, Metric metric)
    {
        // No instrument here asks for them, and the text formats cannot express them.
        if (metric.MetricType is MetricType.ExponentialHistogram) return;

        output.Write(family.Header(openMetrics));
        var name = family.SampleName.Span;
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            _labels.ResetWrittenCount();
            foreach (var tag in point.Tags)
            {
                if (_labels.WrittenCount > 0) _labels.Write(","u8);
                ExpositionText.WriteLabel(_labels, tag.Key, tag.Value);
            }

            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    WriteSample(name, point.GetSumLong());
                    break;
                case MetricType.LongGauge:
                    WriteSample(name, point.GetGaugeLastValueLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    WriteSample(name, point.GetSumDouble());
                    break;
                case MetricType.DoubleGauge:
                    WriteSample(name, point.GetGaugeLastValueDouble());
                    break;
                case MetricType.Histogram:
                    WriteHistogram(name, point);
                    break;
            }
        }
    }

    public void WriteEnd()
    {
        if (openMetrics) output.Write("# EOF\n"u8);
    }

    private void WriteSample(ReadOnlySpan<byte> name, long value)
    {
        WriteSeries(name, []);
        ExpositionText.WriteNumber(output, value);
        output.Write("\n"u8);
    }

    private void WriteSample(ReadOnlySpan<byte> name, double value)
    {
        WriteSeries(name, []);
        ExpositionText.WriteNumber(output, value);
        output.Write("\n"u8);
    }

    private void WriteHistogram(ReadOnlySpan<byte> name, in MetricPoint point)
    {
        point.TryGetExemplars(out var exemplars);
        var count = 0L;
        var lower = double.NegativeInfinity;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            WriteSeries(name, "_bucket"u8, bucket.ExplicitBound);
            ExpositionText.WriteNumber(output, count);
            if (openMetrics) WriteExemplar(exemplars, lower, bucket.ExplicitBound);
            output.Write("\n"u8);
            lower = bucket.ExplicitBound;
        }

        WriteSeries(name, "_sum"u8);
        ExpositionText.WriteNumber(output, point.GetHistogramSum());
        output.Write("\n"u8);
        WriteSeries(name, "_count"u8);
        ExpositionText.WriteNumber(output, count);
        output.Write("\n"u8);
    }

    /// <summary>All of a line up to its value.</summary>
    private void WriteSeries(ReadOnlySpan<byte> name, ReadOnlySpan<byte> suffix, double? bound = null)
    {
        output.Write(name);
        output.Write(suffix);
        var hasLabels = _labels.WrittenCount > 0;
        if (hasLabels || bound is not null) output.Write("{"u8);
        output.Write(_labels.WrittenSpan);
        if (bound is { } le)
        {
            output.Write(hasLabels ? ",le=\""u8 : "le=\""u8);
            ExpositionText.WriteBound(output, le);
            output.Write("\""u8);
        }

        output.Write(hasLabels || bound is not null ? "} "u8 : " "u8);
    }

    /// <summary>The trace of one request that fell into the bucket, if one that fell into it was traced.</summary>
    private void WriteExemplar(ReadOnlyExemplarCollection exemplars, double lower, double upper)
    {
        foreach (ref readonly var exemplar in exemplars)
        {
            var value = exemplar.DoubleValue;
            if (value <= lower || value > upper || exemplar.TraceId == default) continue;
            ExpositionText.WriteTrace(output, exemplar.TraceId, exemplar.SpanId);
            ExpositionText.WriteNumber(output, value);
            output.Write(" "u8);
            ExpositionText.WriteNumber(output, exemplar.Timestamp.ToUnixTimeMilliseconds() / 1_000d);
            return;
        }
    }
}
