using System.Runtime.CompilerServices;

namespace IdGenerator.Client;

// Calls for more IDs than one fetch brings: beside the line, from all healthy workers at once, at their added rate. Where that does not go well,
// the line takes over, which goes on for as long as the caller wants to wait.
internal sealed partial class IdGeneratorClient
{
    private async Task FillSlowlyAsync(Memory<long> destination, CancellationToken cancellation)
    {
        var since = _time.GetTimestamp();
        var ids = destination.Length > _options.MaxBatch ? await TakeFromAllAsync(destination.Length, since, cancellation).ConfigureAwait(false) : null;
        ids ??= (await WaitAsync(destination.Length, takesFewer: false, since, cancellation).ConfigureAwait(false)).Ids;
        foreach (var range in ids)
        {
            range.CopyTo(destination.Span);
            destination = destination[range.Count..];
        }
    }

    /// <returns>Null where not all of them could be had within the maximum age.</returns>
    private async Task<IEnumerable<IdRange>?> TakeFromAllAsync(int count, long since, CancellationToken cancellation)
    {
        using var bulk = _many.Open(count, above: -1);
        if (bulk is null) return null;
        var ids = new List<IdRange>();
        var left = count;
        var isWhole = false;
        try
        {
            while (left > 0)
            {
                var (next, refusal) = await bulk.ReadAsync(cancellation).ConfigureAwait(false);
                if (refusal.Refusal is not null) return null;
                ids.Add(next);
                left -= next.Count;
            }

            isWhole = IsFresh(since) && !_isDisposed;
            return isWhole ? ids : null;
        }
        finally
        {
            lock (_lock)
            {
                _received += count - left;
                if (!isWhole) _expired += count - left;
            }
        }
    }

    private async IAsyncEnumerable<long> OneByOneAsync(long count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = -1L;
        var isLong = count > _options.MaxBatch;
        var pace = new ReaderPace();
        while (count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            // What many workers give at once is too much to fetch for a reader who takes an ID now and then.
            using var bulk = isLong && pace.IsFast ? _many.Open(count, last) : null;
            var began = _time.GetTimestamp();
            do
            {
                var (ids, askedAt) = bulk is null
                    ? await TakeInLineAsync(count, cancellation).ConfigureAwait(false)
                    : await TakeFromManyAsync(bulk, cancellation).ConfigureAwait(false);
                var read = 0;
                var given = _time.GetTimestamp();
                try
                {
                    // The first is as fresh as any can be; those behind it age while the reader does something else.
                    while (read < ids.Count && (read == 0 || IsFresh(askedAt)))
                    {
                        cancellation.ThrowIfCancellationRequested();
                        ObjectDisposedException.ThrowIf(_isDisposed, this);
                        last = ids[read++];
                        yield return last;
                    }
                }
                finally
                {
                    count -= read;
                    lock (_lock)
                    {
                        _lines.Streamed -= ids.Count;
                        _expired += ids.Count - read;
                    }
                }

                pace.Note(read, _time.GetElapsedTime(given));
            }
            while (bulk is { Left: > 0 } && pace.IsFast && _time.GetElapsedTime(began) < ManyWorkers.Longest);
        }
    }

    private async ValueTask<(IdRange Ids, long AskedAt)> TakeInLineAsync(long count, CancellationToken cancellation)
    {
        var wanted = (int)Math.Min(count, _options.MaxBatch);
        var waiter = await WaitAsync(wanted, takesFewer: true, _time.GetTimestamp(), cancellation).ConfigureAwait(false);
        return (waiter.FirstIds, waiter.AskedAt);
    }

    /// <returns>No IDs where the bulk has none any more.</returns>
    private async ValueTask<(IdRange Ids, long AskedAt)> TakeFromManyAsync(MergedBulk bulk, CancellationToken cancellation)
    {
        var (ids, _) = await bulk.ReadAsync(cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            _received += ids.Count;
            _lines.Streamed += ids.Count;
        }

        // They may have half of the maximum age behind them, and half of it before them.
        return (ids, _time.GetTimestamp() - (long)(_options.MaxAge.TotalSeconds / 2 * _time.TimestampFrequency));
    }
}
