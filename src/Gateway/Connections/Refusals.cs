using System.Diagnostics.Metrics;
using IdGenerator.Gateway.Observability;

namespace IdGenerator.Gateway.Connections;

/// <summary>Counts what is refused, and tells of each kind in one log line, at most every ten seconds.</summary>
internal sealed partial class Refusals
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly (string Reason, string Told)[] Kinds =
    [
        ("idle", "closed to make room: the longest idle ones, with Gateway__MaxConnections open"),
        ("slow", "closed to make room: requests that were not sent, or answers that were not read, while others waited"),
        ("silent", "closed: no request came within ten seconds"),
        ("not_accepted", "not accepted: no file descriptors, no memory, or none that could be closed for them"),
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
            "id_generator.connections.closed", Measure, "{connection}",
            "Connections that were closed, or not accepted, for the sake of others, by reason.");
    }

    public void Count(Refusal refusal)
    {
        Interlocked.Increment(ref _counts[(int)refusal]);
        if (IsDue(refusal)) Tell(refusal);
    }

    /// <summary>To be called now and then: tells what a line before has left out.</summary>
    public void TellRest()
    {
        foreach (var refusal in Enum.GetValues<Refusal>())
            if (Volatile.Read(ref _counts[(int)refusal]) > Volatile.Read(ref _told[(int)refusal]) && IsDue(refusal)) Tell(refusal);
    }

    private bool IsDue(Refusal refusal) =>
        Volatile.Read(ref _toldAt[(int)refusal]) is var at && (at == 0 || _time.GetElapsedTime(at) >= Interval);

    private void Tell(Refusal refusal)
    {
        var kind = (int)refusal;
        long count;
        lock (_telling)
        {
            if (!IsDue(refusal)) return;
            _toldAt[kind] = _time.GetTimestamp();
            count = Volatile.Read(ref _counts[kind]);
            (count, _told[kind]) = (count - _told[kind], count);
        }

        LogRefused(count, Kinds[kind].Told);
    }

    private IEnumerable<Measurement<long>> Measure() =>
        Kinds.Select((kind, index) => new Measurement<long>(Volatile.Read(ref _counts[index]), new KeyValuePair<string, object?>("reason", kind.Reason)));

    [LoggerMessage(1, LogLevel.Warning, "{Count} connections were {What}.")]
    private partial void LogRefused(long count, string what);
}
