using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace IdGenerator.Http.Observability;

/// <summary>
/// HTTP requests by route and status. Whatever answers a request records it once: <see cref="RequestMetricsMiddleware"/>
/// for the pipeline, and whoever goes past it for itself, best with a series that it keeps.
/// </summary>
internal sealed class RequestMetrics
{
    /// <summary>The route of requests that match none.</summary>
    public const string NoRoute = "none";

    /// <summary>The status of requests whose connection ended before the response did, as access logs have it.</summary>
    public const int Aborted = 499;

    /// <summary>Upper bounds in seconds: from more than what one ID takes to what a full bulk takes over a slow line.</summary>
    private static readonly double[] Bounds =
        [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly ConcurrentDictionary<(string Route, int Status), RequestSeries> _series = new();
    private readonly Histogram<double> _duration;
    private readonly TimeProvider _time;

    public RequestMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(Telemetry.MeterName);
        _duration = meter.CreateHistogram(
            "id_generator.http.request.duration", "s",
            "HTTP requests by route and status, and how long they took; 499: the connection ended before the response did.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
    }

    /// <summary>Records a request: see <see cref="For"/>.</summary>
    /// <param name="route">Its route.</param>
    /// <param name="status">Its status.</param>
    /// <param name="start">The time provider's timestamp from when it came in.</param>
    public void Record(string route, int status, long start) => For(route, status).Record(_time.GetElapsedTime(start));

    /// <param name="route">The pattern of a route: one of few, never a path.</param>
    /// <param name="status">The status code.</param>
    public RequestSeries For(string route, int status) => _series.TryGetValue((route, status), out var series)
        ? series
        : _series.GetOrAdd((route, status), key => new(_duration, key.Route, key.Status));
}
