using IdGenerator.Snowflake;

namespace IdGenerator.Leases;

/// <summary>
/// Requests that came when the millisecond had no slots left. They get theirs in the order in which they came, and small ones
/// before large ones: behind a few bulks, each of which takes whole milliseconds, a request for one ID would wait for as many.
/// One timer serves all of them; with one each, all would try again at once, and most of them in vain.
/// </summary>
internal sealed class WaitingLine(SlotGenerator generator, LogicalClock clock, TimeProvider time)
{
    /// <summary>Small requests, after so many of which a large one is served, so that many small ones do not hold it up for ever.</summary>
    private const int LargeTurn = 40;

    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private readonly Queue<Waiter> _small = new();
    private readonly Queue<Waiter> _large = new();
    private readonly Lock _lock = new();
    private int _smallInTurn;
    private bool _isServing;
    private long _servedAt;
    private volatile bool _hasSmall;
    private volatile bool _hasAny;

    /// <summary>
    /// Whether somebody waits who is served before a request for so many slots that has just come. The first request of a
    /// millisecond serves those who wait, for whom the timer would come up to two milliseconds later.
    /// </summary>
    public bool IsBefore(int count)
    {
        if (!_hasAny) return false;
        if (clock.Read().Logical is var now && Volatile.Read(ref _servedAt) < now) ServeAt(now);
        return count <= SlotGenerator.SmallReservation ? _hasSmall : _hasAny;
    }

    /// <summary>Waits for slots.</summary>
    /// <param name="count">See <see cref="SlotGenerator.TryReserve"/>.</param>
    /// <param name="since">See <see cref="SlotGenerator.TryReserve"/>.</param>
    /// <param name="cancellation">Ends the wait; what was reserved at the same moment is never given out.</param>
    /// <returns>The slots; or why there are none, which is <see cref="ReserveStatus.Exhausted"/> where nobody got any for
    /// <see cref="WorkerIdSource.LongestStall"/>.</returns>
    public async ValueTask<(ReserveStatus Status, SlotRange Slots)> JoinAsync(int count, long since, CancellationToken cancellation)
    {
        var waiter = new Waiter(count, since);
        lock (_lock)
        {
            (count <= SlotGenerator.SmallReservation ? _small : _large).Enqueue(waiter);
            Note();
            if (!_isServing) _ = ServeAsync();
        }

        await using var leave = cancellation.UnsafeRegister(
            static (waiter, cancellation) => ((Waiter)waiter!).TrySetCanceled(cancellation), waiter);
        return await waiter.Task;
    }

    private async Task ServeAsync()
    {
        _isServing = true;
        var (next, began) = (generator.Next, time.GetTimestamp());
        while (true)
        {
            await Task.Delay(OneMillisecond, time).ConfigureAwait(false);
            lock (_lock)
            {
                var status = Serve();
                // Slots that others get are progress, however many wait for them. Where nobody gets any, time stands still.
                if (generator.Next != next) (next, began) = (generator.Next, time.GetTimestamp());
                else if (time.GetElapsedTime(began) > WorkerIdSource.LongestStall) End(ReserveStatus.Exhausted);
                if (status is not (ReserveStatus.Reserved or ReserveStatus.Exhausted)) End(status);
                Note();
                _isServing = _hasAny;
                if (!_hasAny) return;
            }
        }
    }

    private void ServeAt(long now)
    {
        lock (_lock)
        {
            if (_servedAt >= now) return;
            Volatile.Write(ref _servedAt, now);
            Serve();
            Note();
        }
    }

    private ReserveStatus Serve()
    {
        while (Next is { } line)
        {
            var waiter = line.Peek();
            if (!waiter.Task.IsCompleted)
            {
                var status = generator.TryReserve(waiter.Count, waiter.Since, out var slots);
                if (status != ReserveStatus.Reserved) return status;
                waiter.TrySetResult((status, slots));
            }

            line.Dequeue();
            _smallInTurn = line == _small ? _smallInTurn + 1 : 0;
        }

        return ReserveStatus.Reserved;
    }

    private Queue<Waiter>? Next =>
        _small.Count > 0 && (_large.Count == 0 || _smallInTurn < LargeTurn) ? _small : _large.Count > 0 ? _large : null;

    private void Note() => (_hasSmall, _hasAny) = (_small.Count > 0, _small.Count + _large.Count > 0);

    private void End(ReserveStatus status)
    {
        while (Next is { } line) line.Dequeue().TrySetResult((status, default));
    }

    private sealed class Waiter(int count, long since)
        : TaskCompletionSource<(ReserveStatus Status, SlotRange Slots)>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Count => count;

        public long Since => since;
    }
}
