namespace IdGenerator.Client;

/// <summary>Bulks over all healthy workers, for callers who want more IDs than one request to a worker brings. Thread-safe.</summary>
internal sealed class ManyWorkers(
    WorkerCalls calls, WorkerList list, Workers workers, IdGeneratorClientOptions options, TimeProvider time, CancellationToken stop)
{
    /// <summary>
    /// For how long one bulk is to be read: a second. Then the next one asks those workers as well that have come, or come back, since, and its
    /// view of their clocks is a new one.
    /// </summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(1);

    private readonly DroppedIds _dropped = new();

    /// <summary>IDs that were fetched for bulks and not read.</summary>
    public long Dropped => _dropped.Total;

    /// <param name="count">How many IDs are wanted. The bulk has at most what its workers can issue within <see cref="Longest"/>.</param>
    /// <param name="above">All of its IDs will be above this one; -1 for any.</param>
    /// <returns>
    /// Null where one worker alone is better: fewer than two are healthy, or IDs of the workers would be too old before they are merged.
    /// </returns>
    public MergedBulk? Open(long count, long above)
    {
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.LookAround(), this, preferLocal: false);
        var healthy = workers.Healthy;
        if (healthy.Count < 2 || options.MaxAge < 2 * MergedBulk.Bound) return null;
        return new(
            healthy,
            Math.Min(count, healthy.Count * (long)Layout.SlotsPerSecond),
            (worker, part, since) => calls.TakeAsync(worker, part, since, stop),
            time,
            _dropped,
            above,
            options.MaxAge / 2);
    }

    private void LookAround()
    {
        list.RefreshAsync(stop).Ignore();
        if (workers.NextDue() is { } due) calls.AskAsync(due, 1, null, stop).Ignore();
    }
}
