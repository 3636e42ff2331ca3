using System.Runtime.CompilerServices;

namespace IdGenerator.Client;

// Calls for more IDs than one fetch brings: beside the line, from all healthy workers at once, at their added rate. Where that does not go well,
// the line takes over, which goes on for as long as the caller wants to wait.
internal sealed partial class IdGeneratorClient
{
    private async Task FillSlowlyAsync(Memory<long> destination, CancellationToken cancellation)
    {
        var since = _time.GetTimestamp();
        var isLarge = destination.Length > _options.MaxBatch;
        var ids = isLarge ? await TakeFromManyAsync(destination.Length, since, cancellation).ConfigureAwait(false) : null;
        ids ??= (await WaitAsync(destination.Length, takesFewer: false, isLarge, since, cancellation).ConfigureAwait(false)).Ids;
        foreach (var range in ids)
        {
            range.CopyTo(destination.Span);
            destination = destination[range.Count..];
        }
    }

    /// <returns>Null where not all of them could be had within the maximum age.</returns>
    private async Task<IEnumerable<IdRange>?> TakeFromManyAsync(int count, long since, CancellationToken cancellation)
    {
        var ids = new List<IdRange>();
        var left = count;
        var last = -1L;
        var isWhole = false;
        try
        {
            while (left > 0)
            {
                using var bulk = _many.Open(left, last);
                if (bulk is null) return null;
                while (bulk.Left > 0)
                {
                    var next = await bulk.ReadAsync(cancellation).ConfigureAwait(false);
                    left -= next.Count;
                    if (next.Count == 0 || !IsFresh(since)) return null;
                    ids.Add(next);
                    last = next[next.Count - 1];
                }
            }

            isWhole = !_isDisposed;
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
        var isLarge = count > _options.MaxBatch;
        var pace = new ReaderPace();
        var last = -1L; // Of many workers. One whose clock leads may have served the line, and nobody else has IDs above its.
        var since = _time.GetTimestamp();
        while (count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            // What many workers give at once is too much to fetch for a reader who takes an ID now and then.
            using var bulk = isLarge && pace.IsFast ? _many.Open(count, last) : null;
            var opened = _time.GetTimestamp();
            do
            {
                var (ids, askedAt) = bulk is null
                    ? await TakeInLineAsync(count, isLarge, since, cancellation).ConfigureAwait(false)
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
                        yield return ids[read++];
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
                if (read == 0) break;
                if (bulk is not null) last = ids[read - 1];
                since = _time.GetTimestamp();
            }
            while (bulk is { Left: > 0 } && pace.IsFast && !_isDisposed && _time.GetElapsedTime(opened) < ManyWorkers.Longest);
        }
    }

    private async ValueTask<(IdRange Ids, long AskedAt)> TakeInLineAsync(long count, bool isLarge, long since, CancellationToken cancellation)
    {
        var wanted = (int)Math.Min(count, _options.MaxBatch);
        var waiter = await WaitAsync(wanted, takesFewer: true, isLarge, since, cancellation).ConfigureAwait(false);
        return (waiter.FirstIds, waiter.AskedAt);
    }

    /// <returns>No IDs where the bulk has none any more.</returns>
    private async ValueTask<(IdRange Ids, long AskedAt)> TakeFromManyAsync(ManyWorkers.Bulk bulk, CancellationToken cancellation)
    {
        var ids = await bulk.ReadAsync(cancellation).ConfigureAwait(false);
        lock (_lock)
        {
            _received += ids.Count;
            _lines.Streamed += ids.Count;
        }

        // Half of the maximum age covers how old they are: a quarter by their worker's clock, and the way of an answer that was late.
        return (ids, _time.GetTimestamp() - (long)(_options.MaxAge.TotalSeconds / 2 * _time.TimestampFrequency));
    }
}
