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

    /// <summary>The shortest <see cref="IdGeneratorClientOptions.MaxAge"/> with which there are bulks: a quarter of it has to cover two late answers.</summary>
    public static TimeSpan ShortestMaxAge { get; } = 8 * MergedBulk.Bound;

    /// <summary>Bulks at once. More would not be faster together, and would fill the workers' gates for other clients.</summary>
    private const int Most = 4;

    /// <summary>For how long there are no bulks after one that the workers gave nothing for.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly DroppedIds _dropped = new();
    private int _open;
    private int _waiters;
    private long _restsUntil = long.MinValue;

    /// <summary>IDs that were fetched for bulks and not read.</summary>
    public long Dropped => _dropped.Total;

    /// <summary>Callers that wait for the next IDs of a bulk.</summary>
    public int Waiters => Volatile.Read(ref _waiters);

    public bool IsIdle => Volatile.Read(ref _open) == 0;

    /// <param name="count">How many IDs are wanted. The bulk has at most what its workers can issue within <see cref="Longest"/>.</param>
    /// <param name="above">All of its IDs will be above this one; -1 for any.</param>
    /// <returns>
    /// Null where the line is better: fewer than two workers are healthy, none of them gave anything for the last bulk, enough bulks are
    /// open, or IDs would be too old before they are merged.
    /// </returns>
    public Bulk? Open(long count, long above)
    {
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.LookAround(), this, preferLocal: false);
        var healthy = workers.Healthy;
        if (healthy.Count < 2 || options.MaxAge < ShortestMaxAge || time.GetTimestamp() < Volatile.Read(ref _restsUntil)) return null;
        if (Interlocked.Increment(ref _open) > Most)
        {
            Interlocked.Decrement(ref _open);
            return null;
        }

        return new(this, new(
            healthy,
            Math.Min(count, healthy.Count * (long)Layout.SlotsPerSecond),
            (worker, part, since) => NobodysContext.Run(() => calls.TakeAsync(worker, part, since, stop)),
            time,
            _dropped,
            above,
            options.MaxAge / 4,
            giveUpAfter: MergedBulk.Bound));
    }

    private void LookAround()
    {
        list.RefreshAsync(stop).Ignore();
        if (workers.NextDue() is { } due) calls.AskAsync(due, 1, null, stop).Ignore();
    }

    private void RestAWhile() => Volatile.Write(ref _restsUntil, time.GetTimestamp() + (long)(Rest.TotalSeconds * time.TimestampFrequency));

    /// <inheritdoc cref="MergedBulk"/>
    internal sealed class Bulk(ManyWorkers many, MergedBulk merged) : IDisposable
    {
        /// <summary>How many IDs are still to be read.</summary>
        public long Left => merged.Left;

        /// <summary>The next IDs; none where the workers give none, after which there are none.</summary>
        public async ValueTask<IdRange> ReadAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref many._waiters);
            try
            {
                var (ids, refusal) = await merged.ReadAsync(cancellation).ConfigureAwait(false);
                if (refusal.Refusal is not null) many.RestAWhile();
                return ids;
            }
            finally
            {
                Interlocked.Decrement(ref many._waiters);
            }
        }

        public void Dispose()
        {
            merged.Dispose();
            Interlocked.Decrement(ref many._open);
        }
    }
}
