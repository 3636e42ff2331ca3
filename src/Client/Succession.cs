namespace IdGenerator.Client;

/// <summary>
/// From which timestamp on a worker's next reservation may use slots that nobody has used.
/// <para>
/// Calls to one worker that follow each other within <see cref="Reach"/> go on where the last one ended, as those of a bulk request do, so
/// that a client that wants all there is loses no slots of the time between them. Nobody reaches back further than that behind the worker's
/// time. Example: a client that takes 4,096 IDs every 15 ms uses one millisecond of slots for each; without this bound its IDs would fall
/// behind by 14 ms with each call.
/// </para>
/// Not thread-safe.
/// </summary>
internal sealed class Succession(TimeProvider time)
{
    private static readonly TimeSpan Reach = TimeSpan.FromMilliseconds(20);

    /// <summary>After a second the worker's time is asked for again: its clock may run slower than this one, or step.</summary>
    private static readonly TimeSpan ClockIsKnownFor = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, Last> _last = [];

    /// <returns>In milliseconds since <see cref="Layout.Epoch"/>; null for the current millisecond of the worker.</returns>
    public long? Since(int worker)
    {
        if (!_last.TryGetValue(worker, out var last) || time.GetElapsedTime(last.AskedAt) >= Reach) return null;
        var sinceAnchor = time.GetElapsedTime(last.AnchorAskedAt);
        if (sinceAnchor >= ClockIsKnownFor) return null;
        var now = last.AnchorTimestamp + (long)sinceAnchor.TotalMilliseconds;
        return Math.Max(last.Timestamp, now - (long)Reach.TotalMilliseconds);
    }

    /// <param name="worker">Who answered.</param>
    /// <param name="askedAt">When it was asked.</param>
    /// <param name="timestamp">Of the first slot that it gave.</param>
    /// <param name="isCurrent">Whether the current millisecond was asked for, so that the timestamp tells the worker's time.</param>
    public void Note(int worker, long askedAt, long timestamp, bool isCurrent) =>
        _last[worker] = isCurrent || !_last.TryGetValue(worker, out var last)
            ? new(askedAt, timestamp, askedAt, timestamp)
            : last with { AskedAt = askedAt, Timestamp = timestamp };

    private readonly record struct Last(long AskedAt, long Timestamp, long AnchorAskedAt, long AnchorTimestamp);
}
