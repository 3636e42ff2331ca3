namespace IdGenerator.Client;

/// <summary>
/// Callers that wait, in the order in which they came, in two lines: those that one batch can serve, and those that need several, long streams
/// among them. The lines take turns at going first, batch by batch, so that a single ID waits for one batch of a large request at most, and a large
/// request gets at least every other batch. Within a line nobody is served before those who came earlier. Not thread-safe.
/// </summary>
internal sealed class WaitingLines(int maxBatch, TimeSpan maxAge, TimeProvider time)
{
    private readonly LinkedList<Waiter> _small = new();
    private readonly LinkedList<Waiter> _large = new();
    private bool _isLargeFirst;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>IDs that callers hold who wait for more.</summary>
    public long Held { get; private set; }

    /// <summary>IDs that streams took and have not passed on yet.</summary>
    public long Streamed { get; set; }

    /// <summary>IDs that were dropped because they got too old before the others of their array came.</summary>
    public long Dropped { get; private set; }

    public IEnumerable<Waiter> All => _small.Concat(_large);

    /// <summary>When the first of the callers has to be told that there are no IDs; null where nobody waits.</summary>
    public long? FirstDeadline => (_small.First?.Value.Deadline, _large.First?.Value.Deadline) switch
    {
        ({ } small, { } large) => Math.Min(small, large),
        var (small, large) => small ?? large,
    };

    /// <summary>How many IDs those who wait want, as far as one batch goes.</summary>
    public int Wanted
    {
        get
        {
            long wanted = 0;
            foreach (var waiter in All)
            {
                wanted += waiter.Missing;
                if (wanted >= maxBatch) return maxBatch;
            }

            return (int)wanted;
        }
    }

    /// <summary>It goes behind those whose calls began before. A call that has tried something else meanwhile goes ahead of later ones.</summary>
    public void Add(Waiter waiter)
    {
        var line = LineOf(waiter);
        var before = line.Last;
        while (before is not null && before.Value.Since > waiter.Since) before = before.Previous;
        if (before is null) line.AddFirst(waiter.Place);
        else line.AddAfter(before, waiter.Place);
        Volatile.Write(ref _count, _count + 1);
    }

    /// <returns>Whether it waited still.</returns>
    public bool Remove(Waiter waiter)
    {
        if (waiter.Place.List is null) return false;
        Leave(waiter.Place);
        return true;
    }

    /// <summary>Hands out a batch to those who wait.</summary>
    public void Serve(IdBatch batch)
    {
        if (batch.Left == 0 || _count == 0) return;
        var isTurnTaken = _small.Count > 0 && _large.Count > 0;
        Serve(_isLargeFirst ? _large : _small, batch);
        Serve(_isLargeFirst ? _small : _large, batch);
        if (isTurnTaken) _isLargeFirst = !_isLargeFirst;
    }

    /// <summary>Those whose deadline is over leave.</summary>
    public IReadOnlyList<Waiter> Expire(long now)
    {
        List<Waiter> expired = [];
        foreach (var line in (LinkedList<Waiter>[])[_small, _large])
        {
            while (line.First is { } first && first.Value.Deadline <= now)
            {
                expired.Add(first.Value);
                Leave(first);
            }
        }

        return expired;
    }

    private LinkedList<Waiter> LineOf(Waiter waiter) => waiter.IsLarge ? _large : _small;

    private void Serve(LinkedList<Waiter> line, IdBatch batch)
    {
        var isFresh = time.GetElapsedTime(batch.AskedAt) < maxAge;
        while (line.First is { } node && batch.Left > 0)
        {
            var waiter = node.Value;
            // Those behind came later still. A batch that was asked for after a caller came is not too old for that caller, however long it
            // took: else nobody would ever be served by a cluster that is slower than the maximum age.
            if (!isFresh && waiter.Since > batch.AskedAt) return;
            Held += waiter.Take(batch);
            if (!waiter.IsServed) return;

            var dropped = waiter.DropBefore(time.GetTimestamp() - (long)(maxAge.TotalSeconds * time.TimestampFrequency));
            Held -= dropped;
            Dropped += dropped;
            if (!waiter.IsServed) continue;
            Held -= waiter.Held;
            if (waiter.TakesFewer) Streamed += waiter.Held;
            line.Remove(node);
            Volatile.Write(ref _count, _count - 1);
            waiter.TrySetResult();
        }
    }

    private void Leave(LinkedListNode<Waiter> node)
    {
        Held -= node.Value.Held;
        Dropped += node.Value.Held;
        node.List!.Remove(node);
        Volatile.Write(ref _count, _count - 1);
    }
}
