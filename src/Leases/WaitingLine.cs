using IdGenerator.Snowflake;

namespace IdGenerator.Leases;

/// <summary>
/// Requests that came when the millisecond had no slots left. They get theirs in the order in which they came, and small ones
/// before large ones: behind a few bulks, each of which takes whole milliseconds, a request for one ID would wait for as many.
/// One timer serves all of them; with one each, all would try again at once, and most of them in vain.
/// </summary>
internal sealed class WaitingLine
{
    /// <summary>
    /// Small requests, after so many of which, or when they have had the slots of a millisecond, a large one is served, so that many small ones do not
    /// hold it up for ever.
    /// </summary>
    private const int LargeTurn = 40;

    /// <summary>This thread goes on with some who were served. If the next request of one of them served others, and so forth, its
    /// stack would grow without end.</summary>
    [ThreadStatic]
    private static bool _tells;

    private readonly SlotGenerator _generator;
    private readonly LogicalClock _clock;
    private readonly TimeProvider _time;
    private readonly MillisecondTimer _timer;
    private readonly Queue<Waiter> _small = new();
    private readonly Queue<Waiter> _large = new();
    private readonly Lock _lock = new();
    private int _smallInTurn;
    private int _smallSlotsInTurn;
    private bool _isServing;
    private (long Next, long Since) _progress;
    private long _servedAt;
    private volatile bool _hasSmall;
    private volatile bool _hasAny;

    public WaitingLine(SlotGenerator generator, LogicalClock clock, TimeProvider time)
    {
        (_generator, _clock, _time) = (generator, clock, time);
        _timer = new(time, OnMillisecond);
    }

    /// <summary>
    /// Whether somebody waits who is served before a request for so many slots that has just come. The first request of a
    /// millisecond serves those who wait, for whom the timer may come later.
    /// </summary>
    public bool IsBefore(int count)
    {
        if (!_hasAny) return false;
        if (!_tells && _clock.Read().Logical is var now && Volatile.Read(ref _servedAt) < now) ServeAt(now);
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
            if (!_isServing)
            {
                _isServing = true;
                _progress = (_generator.Next, _time.GetTimestamp());
                _timer.Start();
            }
        }

        // Not disposed of asynchronously, which would wait for a cancellation that is under way: what that does takes no time.
        using var leave = cancellation.UnsafeRegister(static (waiter, cancellation) => ((Waiter)waiter!).TrySetCanceled(cancellation), waiter);
        return await waiter.Task.ConfigureAwait(false);
    }

    /// <returns>Whether somebody still waits.</returns>
    private bool OnMillisecond()
    {
        var served = new List<Served>();
        bool isServing;
        lock (_lock)
        {
            var status = Serve(served);
            // Slots that others get are progress, however many wait for them. Where nobody gets any, time stands still.
            if (_generator.Next != _progress.Next) _progress = (_generator.Next, _time.GetTimestamp());
            else if (_time.GetElapsedTime(_progress.Since) > WorkerIdSource.LongestStall) End(ReserveStatus.Exhausted, served);
            if (status is not (ReserveStatus.Reserved or ReserveStatus.Exhausted)) End(status, served);
            Note();
            isServing = _isServing = _hasAny;
        }

        Tell(served);
        return isServing;
    }

    private void ServeAt(long now)
    {
        var served = new List<Served>();
        lock (_lock)
        {
            if (_servedAt >= now) return;
            Volatile.Write(ref _servedAt, now);
            Serve(served);
            Note();
        }

        Tell(served);
    }

    private ReserveStatus Serve(List<Served> served)
    {
        while (Next is { } line)
        {
            var waiter = line.Peek();
            var taken = 0;
            if (!waiter.Task.IsCompleted)
            {
                var status = _generator.TryReserve(waiter.Count, waiter.Since, out var slots);
                if (status != ReserveStatus.Reserved) return status;
                served.Add(new(waiter, status, slots));
                taken = slots.Count;
            }

            line.Dequeue();
            (_smallInTurn, _smallSlotsInTurn) = line == _small ? (_smallInTurn + 1, _smallSlotsInTurn + taken) : (0, 0);
        }

        return ReserveStatus.Reserved;
    }

    // Not under the lock: small requests go on right here.
    private static void Tell(List<Served> served)
    {
        _tells = true;
        foreach (var (waiter, status, slots) in served) waiter.TrySetResult((status, slots));
        _tells = false;
    }

    private bool IsLargeTurn => _smallInTurn >= LargeTurn || _smallSlotsInTurn >= Layout.SlotsPerMillisecond;

    private Queue<Waiter>? Next => _small.Count > 0 && (_large.Count == 0 || !IsLargeTurn) ? _small : _large.Count > 0 ? _large : null;

    private void Note() => (_hasSmall, _hasAny) = (_small.Count > 0, _small.Count + _large.Count > 0);

    private void End(ReserveStatus status, List<Served> served)
    {
        while (Next is { } line) served.Add(new(line.Dequeue(), status, default));
    }

    private readonly record struct Served(Waiter Waiter, ReserveStatus Status, SlotRange Slots);

    /// <summary>Small requests go on where they are served, which is sooner than in the thread pool; large ones take too long for that.</summary>
    private sealed class Waiter(int count, long since)
        : TaskCompletionSource<(ReserveStatus Status, SlotRange Slots)>(
            count <= SlotGenerator.SmallReservation ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Count => count;

        public long Since => since;
    }
}
