namespace IdGenerator.Client;

/// <summary>
/// Which worker to ask next: each live one in turn, but for those that have just failed. Not thread-safe.
/// </summary>
internal sealed class LiveWorkers(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, long> _failed = [];
    private int[] _workers = [];
    private Task<(int[]? Workers, string? Problem)>? _listing;
    private long _listedAt;
    private bool _isListed;

    // Not all clients begin with the same worker.
    private uint _turn = (uint)Random.Shared.Next();

    /// <summary>A worker to ask; null where there is none at the moment.</summary>
    public int? Next()
    {
        for (var i = 0; i < _workers.Length; i++)
        {
            var worker = _workers[_turn++ % (uint)_workers.Length];
            if (!_failed.TryGetValue(worker, out var until) || time.GetTimestamp() >= until) return worker;
        }

        return null;
    }

    /// <summary>Do not ask <paramref name="worker"/> for a while, and look who is alive.</summary>
    public void Avoid(int worker, TimeSpan duration)
    {
        _failed[worker] = time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        _isListed = false;
    }

    /// <summary><paramref name="worker"/> has answered: it may be asked again at once.</summary>
    public void Trust(int worker) => _failed.Remove(worker);

    /// <summary>
    /// Asks the cluster who is alive, unless it has just been asked. While it has not answered, the last list stays in use; only for
    /// the first one the caller waits.
    /// </summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    public async Task<string?> RefreshAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (_listing is null)
        {
            if (_isListed && time.GetElapsedTime(_listedAt) < MaxAge) return null;
            _listedAt = time.GetTimestamp();
            _listing = ListAsync(timeout, cancellation);
        }

        if (!_listing.IsCompleted && _workers.Length > 0) return null;
        var listing = _listing;
        _listing = null;
        var (workers, problem) = await listing;
        _workers = workers ?? _workers;
        _isListed = workers is not null;
        return problem;
    }

    private async Task<(int[]? Workers, string? Problem)> ListAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            var list = grains.GetGrain<ILiveWorkersGrain>(0).ListAsync().AsTask();
            list.Ignore(); // It may fail after the time-out.
            return (await list.WaitAsync(timeout, time, cancellation), null);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return (null, e.Message);
        }
        catch (ArgumentException)
        {
            // Orleans learns from the cluster which grains there are, so before that it takes the interface for a mistake.
            return (null, "The cluster was not found yet");
        }
    }
}
