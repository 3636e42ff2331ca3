namespace IdGenerator.Client;

/// <summary>
/// Which worker to ask next: each live one in turn, but for those that have just failed. Not thread-safe.
/// </summary>
internal sealed class LiveWorkers(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, long> _failed = [];
    private int[] _workers = [];
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

    /// <summary>Do not ask <paramref name="worker"/> for a while, and look who is alive before asking anybody.</summary>
    public void Avoid(int worker, TimeSpan duration)
    {
        _failed[worker] = time.GetTimestamp() + (long)(duration.TotalSeconds * time.TimestampFrequency);
        _isListed = false;
    }

    /// <summary>Asks the cluster who is alive, unless it has just been asked. Where that fails, the last list stays in use.</summary>
    /// <returns>What went wrong; null where nothing did.</returns>
    public async Task<string?> RefreshAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        if (_isListed && time.GetElapsedTime(_listedAt) < MaxAge) return null;
        _listedAt = time.GetTimestamp();
        try
        {
            var list = grains.GetGrain<ILiveWorkersGrain>(0).ListAsync().AsTask();
            _workers = await list.WaitAsync(timeout, time, cancellation);
            _isListed = true;
            return null;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return e.Message;
        }
        catch (ArgumentException)
        {
            // Orleans learns from the cluster which grains there are, so before that it takes the interface for a mistake.
            return "The cluster was not found yet";
        }
    }
}
