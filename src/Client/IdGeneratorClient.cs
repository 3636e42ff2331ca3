using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace IdGenerator.Client;

/// <inheritdoc/>
/// <remarks>
/// One batch is being handed out, without a lock; the next one is fetched when the first is half used. A batch that gets too
/// old is dropped, and the next ones are made smaller.
/// </remarks>
internal sealed class IdGeneratorClient : IIdGenerator, IDisposable
{
    private readonly IdGeneratorClientOptions _options;
    private readonly TimeProvider _time;
    private readonly BatchFetcher _fetcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();

    private IdBatch _current = IdBatch.Empty;
    private IdBatch? _next;
    private Task? _fetch;
    private Lookahead _lookahead;

    public IdGeneratorClient(IGrainFactory grains, IOptions<IdGeneratorClientOptions> options, TimeProvider time)
    {
        _options = options.Value;
        _time = time;
        _fetcher = new(grains, _options, time);
        _lookahead = new(_options.MaxBatch);
    }

    public ValueTask<long> NextAsync(CancellationToken cancellation = default) =>
        TryTake(1, out var ids) ? new(ids[0]) : NextSlowlyAsync(cancellation);

    public async ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default)
    {
        var result = new long[count];
        for (var done = 0; done < count;)
        {
            var ids = await TakeAsync(count - done, cancellation);
            for (var i = 0; i < ids.Count; i++) result[done++] = ids[i];
        }

        return result;
    }

    public async IAsyncEnumerable<long> StreamAsync(
        long count, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        while (count > 0)
        {
            var ids = await TakeAsync((int)Math.Min(count, _options.MaxBatch), cancellation);
            count -= ids.Count;
            for (var i = 0; i < ids.Count; i++) yield return ids[i];
        }
    }

    /// <summary>Ends what is being fetched.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private bool TryTake(int count, out IdRange ids)
    {
        var batch = Volatile.Read(ref _current);
        if (!IsFresh(batch) || !batch.TryTake(count, out ids, out var crossesHalf))
        {
            ids = default;
            return false;
        }

        if (crossesHalf && batch.Count > 1) Prefetch();
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<long> NextSlowlyAsync(CancellationToken cancellation) => (await TakeAsync(1, cancellation))[0];

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IdRange> TakeAsync(int count, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Task fetch;
            lock (_lock)
            {
                if (TryTake(count, out var ids)) return ids;
                if (_next is { } next)
                {
                    Retire(_current);
                    (_current, _next) = (next, null);
                    continue;
                }

                fetch = _fetch ??= StartFetch(count);
            }

            // Others wait for the same batch: it is fetched whoever gives up waiting.
            await fetch.WaitAsync(cancellation);
        }
    }

    private void Prefetch()
    {
        lock (_lock)
        {
            if (_next is null) _fetch ??= StartFetch(1);
        }
    }

    // On the thread pool: a caller can be a grain, whose scheduler others must not have to wait for.
    private Task StartFetch(int wanted)
    {
        var count = Math.Clamp(wanted, Math.Max(1, _lookahead.Count), _options.MaxBatch);
        var fetch = Task.Run(() => FetchAsync(count));
        fetch.Ignore(); // Where it is fetched ahead nobody may wait for it.
        return fetch;
    }

    private async Task FetchAsync(int count)
    {
        IdBatch? batch = null;
        try
        {
            batch = await _fetcher.FetchAsync(count, _stop.Token);
        }
        finally
        {
            lock (_lock) (_next, _fetch) = (batch, null);
        }
    }

    private bool IsFresh(IdBatch batch) => _time.GetElapsedTime(batch.AskedAt) < _options.MaxAge;

    private void Retire(IdBatch batch)
    {
        if (batch.Left == 0) _lookahead.WereUsed();
        else _lookahead.WereTooOld(batch.Left);
    }
}
