using OpenTelemetry.Metrics;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>Writes what the SDK has aggregated.</summary>
internal static class MetricExposition
{
    public static void Write(this ExpositionWriter writer, MetricFamily family, Metric metric)
    {
        writer.Begin(family);
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            writer.BeginSeries();
            foreach (var tag in point.Tags) writer.AddLabel(tag);
            switch (metric.MetricType)
            {
                case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                    writer.WriteSample(family, point.GetSumLong());
                    break;
                case MetricType.LongGauge:
                    writer.WriteSample(family, point.GetGaugeLastValueLong());
                    break;
                case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                    writer.WriteSample(family, point.GetSumDouble());
                    break;
                case MetricType.DoubleGauge:
                    writer.WriteSample(family, point.GetGaugeLastValueDouble());
                    break;
                case MetricType.Histogram:
                    WriteHistogram(writer, family, point);
                    break;
                default:
                    // Exponential histograms: no view asks for them, and the text formats cannot express them.
                    break;
            }
        }
    }

    private static void WriteHistogram(ExpositionWriter writer, MetricFamily family, in MetricPoint point)
    {
        point.TryGetExemplars(out var exemplars);
        var count = 0L;
        var lower = double.NegativeInfinity;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            count += bucket.BucketCount;
            writer.WriteBucket(family, bucket.ExplicitBound, count);
            foreach (ref readonly var exemplar in exemplars)
            {
                var value = exemplar.DoubleValue;
                if (value <= lower || value > bucket.ExplicitBound) continue;
                writer.WriteExemplar(exemplar.TraceId, exemplar.SpanId, value, exemplar.Timestamp);
                break;
            }

            writer.EndLine();
            lower = bucket.ExplicitBound;
        }

        writer.WriteSumAndCount(family, point.GetHistogramSum(), count);
    }
}
