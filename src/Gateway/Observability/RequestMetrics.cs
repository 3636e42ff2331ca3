using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using IdGenerator.Gateway.Bulk;

namespace IdGenerator.Gateway.Observability;

/// <summary>
/// HTTP requests by route and status. Whatever answers a request records it once: <see cref="RequestMetricsMiddleware"/>
/// for the pipeline, and whoever goes past it for itself, best with a series that it keeps.
/// </summary>
internal sealed class RequestMetrics
{
    public const string Name = "id_generator.http.request.duration";

    public const string Description =
        "HTTP requests by route and status, and how long they took; 499: the connection ended before the response did.";

    /// <summary>The route of requests that match none.</summary>
    public const string NoRoute = "none";

    /// <summary>The status of requests whose connection ended before the response did, as access logs have it.</summary>
    public const int Aborted = 499;

    private readonly ConcurrentDictionary<(string Route, int Status), RequestSeries> _series = new();
    private readonly Histogram<double> _pushed;

    private readonly TimeProvider _time;

    public RequestMetrics(IMeterFactory meters, BulkGate bulk, TimeProvider time)
    {
        _time = time;
        meters.Create(Telemetry.MeterName).CreateObservableGauge(
            "id_generator.bulk_requests_in_flight", () => bulk.Running, null,
            "Requests for many IDs that are being answered.");
        _pushed = meters.Create(Telemetry.PushedMeterName).CreateHistogram(
            Name, "s", Description, tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = RequestSeries.BoundSeconds[..^1] });
    }

    /// <summary>All series there are.</summary>
    public IEnumerable<RequestSeries> Series => _series.Select(series => series.Value);

    /// <summary>Records a request: see <see cref="For"/>.</summary>
    /// <param name="route">Its route.</param>
    /// <param name="status">Its status.</param>
    /// <param name="start">The time provider's timestamp from when it came in.</param>
    public void Record(string route, int status, long start) =>
        For(route, status).Record(_time.GetElapsedTime(start), Activity.Current);

    /// <param name="route">The pattern of a route: one of few, never a path.</param>
    /// <param name="status">The status code.</param>
    public RequestSeries For(string route, int status) => _series.TryGetValue((route, status), out var series)
        ? series
        : _series.GetOrAdd((route, status), key => new(key.Route, key.Status, _pushed));
}
