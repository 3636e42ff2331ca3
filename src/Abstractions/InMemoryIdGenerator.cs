using System.Runtime.CompilerServices;

namespace IdGenerator;

/// <summary>
/// IDs without a service behind them, for tests of services that need an <see cref="IIdGenerator"/>.
/// <para>
/// Promised: of one instance no ID comes twice and each is higher than the one before; their timestamps are those of the clock that it
/// is given, or later ones where more than 4,096 are taken within a millisecond. It never waits.
/// Not promised: anything about two instances. Both give the same IDs at the same time, and so do two processes: it is not for production.
/// </para>
/// Thread-safe.
/// </summary>
/// <param name="time">Whose time the IDs bear; the system's where it is null.</param>
/// <param name="worker">The worker ID in them, 0 to 1,023.</param>
public sealed class InMemoryIdGenerator(TimeProvider? time = null, int worker = 0) : IIdGenerator
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly int _worker = worker is >= 0 and <= Layout.MaxWorker
        ? worker
        : throw new ArgumentOutOfRangeException(nameof(worker), worker, $"A worker ID is 0 to {Layout.MaxWorker}.");

    private long _next;

    public bool TryNext(out long id)
    {
        id = Next();
        return true;
    }

    public ValueTask<long> NextAsync(CancellationToken cancellation = default) =>
        cancellation.IsCancellationRequested ? ValueTask.FromCanceled<long>(cancellation) : new(Next());

    public ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength);
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled<long[]>(cancellation);
        var ids = new long[count];
        Fill(ids);
        return new(ids);
    }

    public ValueTask FillAsync(Memory<long> destination, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested) return ValueTask.FromCanceled(cancellation);
        Fill(destination.Span);
        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return OneByOneAsync(count, cancellation);
    }

    private async IAsyncEnumerable<long> OneByOneAsync(long count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (; count > 0; count--) yield return await NextAsync(cancellation).ConfigureAwait(false);
    }

    private void Fill(Span<long> ids)
    {
        foreach (ref var id in ids) id = Next();
    }

    private long Next()
    {
        var now = (_time.GetUtcNow().ToUnixTimeMilliseconds() - Layout.EpochUnixMilliseconds) << Layout.SequenceBits;
        while (true)
        {
            var next = Volatile.Read(ref _next);
            var slot = Math.Max(next, now);
            if (Interlocked.CompareExchange(ref _next, slot + 1, next) == next) return SnowflakeId.Compose(slot, _worker);
        }
    }
}
