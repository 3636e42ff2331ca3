using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IdGenerator.Client;

/// <summary>
/// What is to be seen of the clients of a process: the meter and the activity source <c>IdGenerator.Client</c>. The totals are read when
/// somebody looks, so that counting costs callers nothing.
/// </summary>
internal sealed class ClientInstruments : IDisposable
{
    public const string Name = "IdGenerator.Client";

    /// <summary>Links of one fetch to those who wait for it: with thousands, a trace would be all links.</summary>
    private const int MostLinks = 32;

    private static readonly double[] Bounds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    private readonly ActivitySource _activities = new(Name);
    private readonly Lock _lock = new();
    private readonly List<IdGeneratorClient> _clients = [];
    private readonly Histogram<double> _fetchDuration;

    // Of clients that were disposed: a total that falls looks like a restart.
    private ClientTotals _past;

    public ClientInstruments(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        meter.CreateObservableCounter("id_generator.client.ids", () => Totals().HandedOut, "{id}", "IDs handed out to callers.");
        meter.CreateObservableCounter(
            "id_generator.client.ids.expired", () => Totals().Expired, "{id}", "IDs that were reserved and dropped, because nobody wanted them in time.");
        meter.CreateObservableGauge("id_generator.client.waiters", () => Totals().Waiters, "{caller}", "Callers that wait for IDs.");
        _fetchDuration = meter.CreateHistogram(
            "id_generator.client.fetch.duration", "s", "Requests to workers by worker and outcome (ok, refused, failed, timed_out), and how long they took.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
    }

    public bool IsTraced => _activities.HasListeners();

    public void Add(IdGeneratorClient client)
    {
        lock (_lock)
        {
            RemoveOver();
            _clients.Add(client);
        }
    }

    public void Fetched(int worker, Outcome outcome, TimeSpan duration)
    {
        if (!_fetchDuration.Enabled) return;
        var name = outcome switch
        {
            Outcome.Ok => "ok",
            Outcome.Refused => "refused",
            Outcome.TimedOut => "timed_out",
            _ => "failed",
        };
        _fetchDuration.Record(duration.TotalSeconds, new("worker", worker), new("outcome", name));
    }

    /// <summary>The trace of a caller, for <see cref="StartFetch"/>; none where nobody listens.</summary>
    public ActivityContext Caller() => IsTraced && Activity.Current is { } current ? current.Context : default;

    /// <summary>A fetch serves many callers, so it is a trace of its own, with links to theirs.</summary>
    public Activity? StartFetch(int count, IEnumerable<ActivityContext> callers)
    {
        var links = callers.Where(caller => caller != default).Take(MostLinks).Select(caller => new ActivityLink(caller));
        return _activities.StartActivity("fetch ids", ActivityKind.Client, default(ActivityContext), [new("id_generator.count", count)], links);
    }

    public void Dispose() => _activities.Dispose();

    public ClientTotals Totals()
    {
        lock (_lock)
        {
            RemoveOver();
            var sum = _past;
            foreach (var client in _clients) sum += client.Totals;
            return sum;
        }
    }

    private void RemoveOver()
    {
        for (var index = _clients.Count - 1; index >= 0; index--)
        {
            if (!_clients[index].IsOver) continue;
            _past += _clients[index].Totals;
            _clients.RemoveAt(index);
        }
    }
}
