using System.Buffers;
using System.Diagnostics;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>Writes one of the two text formats, line by line; see <see cref="PrometheusExporter"/>.</summary>
internal sealed class ExpositionWriter(IBufferWriter<byte> output, bool openMetrics)
{
    // The labels of the series being written: a histogram repeats them for each of its buckets.
    private readonly ArrayBufferWriter<byte> _labels = new();

    /// <summary>Samples of this family follow.</summary>
    public void Begin(MetricFamily family) => output.Write(family.Header(openMetrics));

    /// <summary>The samples that follow are of a series without labels, but for those added.</summary>
    public void BeginSeries() => _labels.ResetWrittenCount();

    public void AddLabel(KeyValuePair<string, object?> label)
    {
        if (_labels.WrittenCount > 0) _labels.Write(","u8);
        ExpositionText.WriteLabel(_labels, label.Key, label.Value);
    }

    public void WriteSample(MetricFamily family, long value)
    {
        WriteSeries(family, []);
        ExpositionText.WriteNumber(output, value);
        EndLine();
    }

    public void WriteSample(MetricFamily family, double value)
    {
        WriteSeries(family, []);
        ExpositionText.WriteNumber(output, value);
        EndLine();
    }

    /// <summary>A bucket, but for the end of its line: an exemplar may come before that.</summary>
    public void WriteBucket(MetricFamily family, double bound, long cumulativeCount)
    {
        WriteSeries(family, "_bucket"u8, bound);
        ExpositionText.WriteNumber(output, cumulativeCount);
    }

    /// <summary>A measurement that fell into the bucket just written, and its trace.</summary>
    public void WriteExemplar(ActivityTraceId trace, ActivitySpanId span, double value, DateTimeOffset at)
    {
        if (!openMetrics) return;
        ExpositionText.WriteTrace(output, trace, span);
        ExpositionText.WriteNumber(output, value);
        output.Write(" "u8);
        ExpositionText.WriteNumber(output, at.ToUnixTimeMilliseconds() / 1_000d);
    }

    public void EndLine() => output.Write("\n"u8);

    public void WriteSumAndCount(MetricFamily family, double sum, long count)
    {
        WriteSeries(family, "_sum"u8);
        ExpositionText.WriteNumber(output, sum);
        EndLine();
        WriteSeries(family, "_count"u8);
        ExpositionText.WriteNumber(output, count);
        EndLine();
    }

    /// <summary>Nothing follows.</summary>
    public void End()
    {
        if (openMetrics) output.Write("# EOF\n"u8);
    }

    /// <summary>All of a line up to its value.</summary>
    private void WriteSeries(MetricFamily family, ReadOnlySpan<byte> suffix, double? bound = null)
    {
        output.Write(family.SampleName);
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
}
