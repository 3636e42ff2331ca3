using System.Diagnostics;

namespace IdGenerator.Client;

// How batches come, and who gets them first. How callers ask and wait is in IdGeneratorClient.cs.
internal sealed partial class IdGeneratorClient
{
    /// <summary>Those in line take what is at hand, the next batch after the current one.</summary>
    private void ServeFromHand()
    {
        _lines.Serve(_current);
        if (_lines.Count > 0 && _next is { } next)
        {
            _next = null;
            Receive(next);
        }

        if (_lines.Count == 0 && _current.Left * 2 < _current.Count) WantAhead(_current);
    }

    /// <summary>Those in line are served first; what is left is for everybody. Until then nobody else sees the batch.</summary>
    private void Receive(IdBatch batch)
    {
        if (_lines.Count == 0 && _current.Left > 0 && IsFresh(_current.AskedAt))
        {
            _next = batch;
            return;
        }

        _lines.Serve(batch);
        Retire(_current);
        Volatile.Write(ref _current, batch);
        if (batch.Left * 2 < batch.Count) WantAhead(batch);
    }

    private void WantAhead(IdBatch batch) => _isWantedAhead |= batch.Count > 1 && _next is null;

    private void FetchAhead()
    {
        lock (_lock)
        {
            _isWantedAhead |= _next is null;
            EnsureFetching();
        }
    }

    private void EnsureFetching()
    {
        if (_isFetching || _isDisposed) return;
        _isFetching = true;
        // On the thread pool: a caller can be a grain, whose scheduler others must not have to wait for.
        _fetching = NobodysContext.Run(() => Task.Run(FetchAsync));
    }

    private async Task FetchAsync()
    {
        try
        {
            while (CountToFetch() is > 0 and var count)
            {
                using var activity = StartActivity(count);
                var batch = await _fetcher.FetchAsync(count, () => _lines.Count > 0, _stop.Token).ConfigureAwait(false);
                lock (_lock)
                {
                    if (batch is null || _isDisposed) continue;
                    _received += batch.Count;
                    Receive(batch);
                }
            }
        }
        catch (Exception e)
        {
            // A bug here, or a log or a listener to the meter that throws. Callers hear of it, and the next one begins anew.
            FailAll(e);
        }
    }

    /// <returns>How many IDs to fetch; 0, and no fetch runs any more, where nobody wants any.</returns>
    private int CountToFetch()
    {
        lock (_lock)
        {
            _isFetching = !_isDisposed && (_lines.Count > 0 || (_isWantedAhead && _next is null));
            _isWantedAhead = false;
            return _isFetching ? Math.Clamp(Math.Max(_lines.Wanted, _lookahead.Count), 1, _options.MaxBatch) : 0;
        }
    }

    private Activity? StartActivity(int count)
    {
        if (!_instruments.IsTraced) return null;
        lock (_lock) return _instruments.StartFetch(count, _lines.All.Select(waiter => waiter.Caller));
    }

    private void FailAll(Exception exception)
    {
        List<Waiter> waiters;
        lock (_lock)
        {
            _isFetching = false;
            waiters = RemoveAll();
        }

        foreach (var waiter in waiters) waiter.TrySetException(new IdsUnavailableException("IDs could not be fetched.", exception));
    }
}
