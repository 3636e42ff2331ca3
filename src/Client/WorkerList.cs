namespace IdGenerator.Client;

/// <summary>
/// Asks the cluster which workers are alive, in the background: once a second while it is used, and four times a second while one of them is
/// avoided. A request that has no answer soon has another one beside it, through another gateway. Thread-safe.
/// </summary>
internal sealed class WorkerList(IGrainFactory grains, Workers workers, IdGeneratorClientOptions options, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxAgeInTrouble = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private Task<bool> _listing = Task.FromResult(false);
    private long _askedAt;

    /// <returns>Ends with the request that was made last.</returns>
    public Task RefreshAsync(CancellationToken stop)
    {
        lock (_lock) return Refresh(stop);
    }

    private Task<bool> Refresh(CancellationToken stop)
    {
        var age = time.GetElapsedTime(_askedAt);
        var isOver = _listing is { IsCompleted: true, Result: var isListed }
            && (!isListed || !workers.AreKnown || age >= (workers.AreAllHealthy ? MaxAge : MaxAgeInTrouble));
        var isLate = !_listing.IsCompleted && age >= (workers.AreKnown ? MaxAge : BatchFetcher.AskAnotherAfter);
        if (!isOver && !isLate) return _listing;
        _askedAt = time.GetTimestamp();
        return _listing = ListAsync(stop);
    }

    private async Task<bool> ListAsync(CancellationToken stop)
    {
        var askedAt = _askedAt;
        try
        {
            var list = grains.GetGrain<ILiveWorkersGrain>(0).ListAsync().AsTask();
            list.Ignore(); // It may fail after the time-out.
            var live = await list.WaitAsync(options.CallTimeout, time, stop).ConfigureAwait(false);
            workers.List([.. live.Where(worker => worker is >= 0 and <= Layout.MaxWorker)], askedAt);
            return true;
        }
        catch (ArgumentException e)
        {
            // Orleans learns from the cluster which grains there are, so before that it takes the interface for a mistake.
            workers.ListFailed("The cluster was not found yet", e);
        }
        catch (Exception e)
        {
            workers.ListFailed(e.Message, e);
        }

        return false;
    }
}
