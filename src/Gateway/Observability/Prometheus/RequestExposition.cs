namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>Writes the histogram of HTTP requests, which the SDK does not keep: see <see cref="RequestSeries"/>.</summary>
internal static class RequestExposition
{
    private static readonly MetricFamily Family = new(RequestMetrics.Name, "s", RequestMetrics.Description, "histogram");

    public static void Write(this ExpositionWriter writer, RequestMetrics requests)
    {
        var isFirst = true;
        foreach (var series in requests.Series)
        {
            if (isFirst) writer.Begin(Family);
            isFirst = false;
            Write(writer, series);
        }
    }

    private static void Write(ExpositionWriter writer, RequestSeries series)
    {
        writer.BeginSeries();
        foreach (var tag in series.Tags) writer.AddLabel(tag);

        Span<long> counts = stackalloc long[RequestSeries.Buckets];
        var sum = series.Read(counts);
        var count = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            count += counts[bucket];
            writer.WriteBucket(Family, RequestSeries.BoundSeconds[bucket], count);
            if (series.Exemplar(bucket) is { } exemplar)
                writer.WriteExemplar(exemplar.Trace, exemplar.Span, exemplar.Seconds, exemplar.At);
            writer.EndLine();
        }

        writer.WriteSumAndCount(Family, sum.TotalSeconds, count);
    }
}
