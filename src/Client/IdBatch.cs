namespace IdGenerator.Client;

/// <summary>IDs that were reserved together, handed out once each. Thread-safe, without a lock.</summary>
/// <param name="ids">The IDs.</param>
/// <param name="askedAt">When they were asked for, as <see cref="TimeProvider.GetTimestamp"/> counts.</param>
internal sealed class IdBatch(IdRange ids, long askedAt)
{
    private int _taken;

    /// <summary>Of no IDs.</summary>
    public static IdBatch Empty { get; } = new(default, 0);

    public int Count => ids.Count;

    public long AskedAt => askedAt;

    public int Left => ids.Count - Volatile.Read(ref _taken);

    /// <summary>Takes up to <paramref name="count"/> IDs.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="taken">What was taken, if anything was.</param>
    /// <param name="crossesHalf">Whether this is the one taking that leaves less than half of the batch.</param>
    public bool TryTake(int count, out IdRange taken, out bool crossesHalf) => TryTake(1, count, out taken, out crossesHalf);

    /// <summary>Takes <paramref name="count"/> IDs, or none where fewer are left.</summary>
    /// <inheritdoc cref="TryTake(int, out IdRange, out bool)"/>
    public bool TryTakeAll(int count, out IdRange taken, out bool crossesHalf) => TryTake(count, count, out taken, out crossesHalf);

    /// <summary>Takes what is left, so that nobody else can.</summary>
    public IdRange TakeRest()
    {
        TryTake(int.MaxValue, out var rest, out _);
        return rest;
    }

    private bool TryTake(int least, int most, out IdRange taken, out bool crossesHalf)
    {
        while (true)
        {
            var first = Volatile.Read(ref _taken);
            var end = first + Math.Min(most, ids.Count - first); // In this order: first + most can overflow.
            crossesHalf = first <= ids.Count / 2 && end > ids.Count / 2;
            taken = new(ids.Worker, new(ids.Slots.First + first, end - first));
            if (end - first < least) return false;
            if (Interlocked.CompareExchange(ref _taken, end, first) == first) return true;
        }
    }
}
