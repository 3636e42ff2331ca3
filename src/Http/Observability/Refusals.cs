using System.Diagnostics.Metrics;

namespace IdGenerator.Http.Observability;

/// <summary>Counts what is refused, and tells of each kind in one log line, at most every ten seconds.</summary>
public sealed partial class Refusals
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // In the order of the enumeration.
    private static readonly (string Reason, string Told)[] Kinds =
    [
        ("idle", "connections were closed to make room for others: the longest idle ones, with Gateway__MaxConnections open"),
        ("slow", "connections were closed to make room for others: their clients did not send a request to its end, or read an answer"),
        ("silent", "connections were closed: no request came within ten seconds"),
        ("not_accepted", "connections were not accepted: no file descriptors, no memory, or no connection that could be closed for them"),
        ("bulk", "requests for many IDs were answered with 429: Gateway__MaxBulkRequests of them ran"),
        ("orleans_client", "connections of Orleans clients were closed: too many are open, or a message was longer than 16 KiB"),
    ];

    private readonly long[] _counts = new long[Kinds.Length];
    private readonly long[] _told = new long[Kinds.Length];
    private readonly long[] _toldAt = new long[Kinds.Length];
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _telling = new();

    public Refusals(IMeterFactory meters, TimeProvider time, ILogger<Refusals> logger)
    {
        (_time, _logger) = (time, logger);
        meters.Create(Telemetry.MeterName).CreateObservableCounter(
            "id_generator.refusals", Measure, "{refusal}",
            "Requests that were refused and connections that were closed for the sake of others, by reason.");
    }

    public void Count(Refusal refusal)
    {
        Interlocked.Increment(ref _counts[(int)refusal]);
        Tell((int)refusal);
    }

    /// <summary>To be called now and then: tells what the last line has left out.</summary>
    public void TellRest()
    {
        for (var kind = 0; kind < Kinds.Length; kind++)
            if (Volatile.Read(ref _counts[kind]) > Volatile.Read(ref _told[kind])) Tell(kind);
    }

    private bool IsDue(int kind) =>
        Volatile.Read(ref _toldAt[kind]) is var at && (at == 0 || _time.GetElapsedTime(at) >= Interval);

    private void Tell(int kind)
    {
        if (!IsDue(kind)) return;
        long untold;
        lock (_telling)
        {
            if (!IsDue(kind)) return;
            _toldAt[kind] = _time.GetTimestamp();
            var count = Volatile.Read(ref _counts[kind]);
            (untold, _told[kind]) = (count - _told[kind], count);
        }

        LogRefused(untold, Kinds[kind].Told);
    }

    private IEnumerable<Measurement<long>> Measure() => Kinds.Select((kind, index) =>
        new Measurement<long>(Volatile.Read(ref _counts[index]), new KeyValuePair<string, object?>("reason", kind.Reason)));

    [LoggerMessage(1, LogLevel.Warning, "{Count} {What}.")]
    private partial void LogRefused(long count, string what);
}
