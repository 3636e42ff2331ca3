using System.Runtime.CompilerServices;
using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.InProcess;

/// <summary>
/// <see cref="IIdGenerator"/> straight from the generator of this process. IDs are made when they are asked for, so none is older than its call; where
/// the current millisecond has none left, a call waits for the next one. Taking one takes no lock and allocates nothing, unless others wait.
/// </summary>
internal sealed class InProcessIdGenerator(TimeProvider time) : IIdGenerator, IDisposable
{
    /// <summary>What a slow reader of a stream leaves for longer than this is dropped: a second.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private volatile WorkerIdSource? _source;
    private volatile LeaseRefusal? _refusal;
    private volatile bool _hasBegun;
    private volatile bool _isDisposed;

    /// <summary>A worker ID is being taken.</summary>
    public void Begin() => _hasBegun = true;

    /// <summary>From now on IDs are of this worker, as soon as its lease is held.</summary>
    public void Use(WorkerIdSource source) => _source = source;

    /// <summary>Why there are no IDs; null where there are.</summary>
    public string? Problem() => _source is { } source
        ? source.Check() is { } refusal ? Explain(refusal) : null
        : Unavailable().Message;

    /// <summary>There will be no IDs any more.</summary>
    public void End(LeaseRefusal refusal) => _refusal = refusal;

    public void Dispose()
    {
        _isDisposed = true;
        _source = null;
    }

    public bool TryNext(out long id)
    {
        if (TryTake(out id)) return true;
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return false;
    }

    public ValueTask<long> NextAsync(CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<long>(cancellation);
        return TryTake(out var id) ? new(id) : WaitForOneAsync(cancellation);
    }

    public ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<long[]>(cancellation);
        var ids = new long[count];
        return TryFill(ids, out var begun) ? new(ids) : WaitForArrayAsync(ids, begun, cancellation);
    }

    public ValueTask FillAsync(Memory<long> destination, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled(cancellation);
        return TryFill(destination.Span, out var begun) ? ValueTask.CompletedTask : WaitForAllAsync(destination, begun, cancellation);
    }

    public IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return OneByOneAsync(count, cancellation);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryTake(out long id)
    {
        if (_source is { } source && source.TryReserve(1, since: null, out var slots))
        {
            id = SnowflakeId.Compose(slots.First, source.Worker);
            return true;
        }

        id = 0;
        return false;
    }

    /// <summary>Fills memory with IDs that are there at once.</summary>
    /// <param name="destination">Is left alone where they are not enough.</param>
    /// <param name="begun">Those that were there, where they are not enough: the first of what has to be waited for.</param>
    private bool TryFill(Span<long> destination, out IdRange begun)
    {
        begun = default;
        if (destination.IsEmpty) return true;
        if (_source is not { } source || !source.TryReserve(Math.Min(destination.Length, Layout.SlotsPerMillisecond), since: null, out var slots)) return false;
        begun = new(source.Worker, slots);
        if (slots.Count < destination.Length) return false;
        begun.CopyTo(destination);
        return true;
    }

    private ValueTask<long> WaitForOneAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return WaitAsync(cancellation);

        async ValueTask<long> WaitAsync(CancellationToken cancellation) => (await ReserveAsync(1, since: null, cancellation).ConfigureAwait(false))[0];
    }

    private async ValueTask<long[]> WaitForArrayAsync(long[] ids, IdRange begun, CancellationToken cancellation)
    {
        await WaitForAllAsync(ids, begun, cancellation).ConfigureAwait(false);
        return ids;
    }

    private async ValueTask WaitForAllAsync(Memory<long> destination, IdRange begun, CancellationToken cancellation)
    {
        var ranges = new List<IdRange>();
        var left = destination.Length;
        for (var ids = begun; ; ids = await ReserveAsync(Math.Min(left, Layout.SlotsPerMillisecond), Since(ranges), cancellation).ConfigureAwait(false))
        {
            if (ids.Count > 0) ranges.Add(ids);
            left -= ids.Count;
            if (left == 0) break;
        }

        foreach (var range in ranges)
        {
            range.CopyTo(destination.Span);
            destination = destination[range.Count..];
        }
    }

    /// <summary>All slots since the first of the call are its own to take: a thread that is paused in between loses none.</summary>
    private static long? Since(List<IdRange> ranges) => ranges.Count > 0 ? ranges[0].Slots.Timestamp : null;

    private async IAsyncEnumerable<long> OneByOneAsync(long count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        while (count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var reservedAt = time.GetTimestamp();
            var ids = await ReserveAsync((int)Math.Min(count, Layout.SlotsPerMillisecond), since: null, cancellation).ConfigureAwait(false);
            // The first is as fresh as any can be; those behind it age while the reader does something else.
            for (var read = 0; read < ids.Count && (read == 0 || time.GetElapsedTime(reservedAt) <= MaxAge); read++, count--)
            {
                cancellation.ThrowIfCancellationRequested();
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                yield return ids[read];
            }
        }
    }

    private async ValueTask<IdRange> ReserveAsync(int count, long? since, CancellationToken cancellation)
    {
        if (_source is not { } source) throw Unavailable();
        var pending = source.ReserveAsync(count, since, cancellation);
        var isAtOnce = pending.IsCompleted;
        SlotRange slots;
        Unavailable? refusal;
        try
        {
            (slots, refusal) = await pending.ConfigureAwait(false);
        }
        finally
        {
            // Who waited goes on in the thread that serves all others who wait, or in that of who cancels the call, and must keep neither.
            if (!isAtOnce) await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        if (refusal is null) return new(source.Worker, slots);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        throw new IdsUnavailableException(Explain(refusal))
        {
            RetryAfter = refusal.RetryAfter,
            Workers = [new(source.Worker, refusal.Reason)],
        };
    }

    private string Explain(Unavailable refusal) => _refusal?.Message ?? $"{refusal.Reason}.";

    private Exception Unavailable() => _isDisposed
        ? new ObjectDisposedException(nameof(InProcessIdGenerator))
        : new IdsUnavailableException(
            _refusal?.Message ?? (_hasBegun ? "This process has no worker ID yet." : "This process has no worker ID: the host that takes it has not been started."))
        {
            RetryAfter = RetryAfter,
        };
}
