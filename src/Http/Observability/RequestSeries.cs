using System.Diagnostics.Metrics;

namespace IdGenerator.Http.Observability;

/// <summary>The requests of one route that are answered with one status. To record one allocates nothing.</summary>
internal sealed class RequestSeries(Histogram<double> duration, string route, int status)
{
    private readonly KeyValuePair<string, object?>[] _tags = [new("route", route), new("status", status)];

    public void Record(TimeSpan elapsed) => duration.Record(elapsed.TotalSeconds, _tags.AsSpan());
}
