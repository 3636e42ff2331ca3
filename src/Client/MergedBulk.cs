using System.Threading.Channels;

namespace IdGenerator.Client;

/// <summary>
/// IDs of several workers in one strictly rising order, fetched while they are read. Each worker is asked for its next ranges while its
/// last ones are being read, one call at a time, so little is held and nothing is fetched for a reader that does not read.
/// <para>
/// Promised: each piece is above the one before, and no ID is given to anybody else. A worker that fails is gone on without; one that does
/// not answer is waited for no longer than <see cref="Bound"/>.
/// Not promised: that each worker gives the same number, or any.
/// </para>
/// For one reader at a time. Disposing it ends all of it: the calls that are in flight are the last, and what they bring is lost.
/// </summary>
internal sealed class MergedBulk : IDisposable
{
    /// <summary>
    /// How long others wait for a worker that does not answer: 100 ms. With less, a worker whose thread pauses would lose its part of the
    /// order; with more, an answer would take that much longer when a worker is killed. They lose nothing by waiting, because a call reaches
    /// back to the slots of the time before it.
    /// </summary>
    public static TimeSpan Bound { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the reader waits when no worker answers at all: 2 s, as for any worker that does not issue IDs for a moment.</summary>
    public static TimeSpan GiveUpAfter { get; } = TimeSpan.FromSeconds(2);

    /// <summary>A worker that has given so many IDs which were not read yet is not asked for more.</summary>
    private const int Enough = IBulkGrain.MaxCount;

    private readonly IReadOnlyList<int> _workers;
    private readonly Func<int, int, long?, ValueTask<BulkSlots>> _take;
    private readonly TimeProvider _time;
    private readonly DroppedIds _dropped;
    private readonly RangeMerge _merge;
    private readonly Channel<Answer> _answers = Channel.CreateUnbounded<Answer>(new() { SingleReader = true });
    private readonly ITimer _timer;
    private readonly long? _maxAge;
    private readonly TimeSpan _giveUpAfter;
    private readonly long _start;
    private long _left;
    private long? _waitsSince;
    private BulkSlots _refusal = new(0, [], "No worker answers", TimeSpan.FromSeconds(1));

    /// <param name="workers">Whom to ask: different worker IDs, at least one.</param>
    /// <param name="count">How many IDs will be read in all.</param>
    /// <param name="take">Asks a worker: <see cref="IBulkGrain.TakeAsync"/>.</param>
    /// <param name="time">For the bounds.</param>
    /// <param name="dropped">Is told of the IDs that were given and not read.</param>
    /// <param name="above">Only IDs above this one are wanted; -1 for all.</param>
    /// <param name="maxAge">
    /// How old an ID may be when it is read, by its worker's clock; null for any age. A worker's slots of the past are used no further back
    /// than half of it, so that a reader who takes less than the workers give does not fall behind them.
    /// </param>
    /// <param name="giveUpAfter">For a reader who has somebody else to ask: instead of <see cref="GiveUpAfter"/>.</param>
    public MergedBulk(
        IReadOnlyList<int> workers, long count, Func<int, int, long?, ValueTask<BulkSlots>> take, TimeProvider time, DroppedIds dropped,
        long above = -1, TimeSpan? maxAge = null, TimeSpan? giveUpAfter = null)
    {
        _giveUpAfter = giveUpAfter ?? GiveUpAfter;
        (_workers, _left, _take, _time, _dropped) = (workers, count, take, time, dropped);
        _maxAge = (long?)maxAge?.TotalMilliseconds;
        _merge = new(workers, (long)Bound.TotalMilliseconds, above);
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(
            static answers => ((ChannelWriter<Answer>)answers!).TryWrite(Answer.Tick), _answers.Writer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many IDs are still to be read.</summary>
    public long Left => _left;

    private long Now => (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>The next IDs, all of one worker and one millisecond. Not to be called when all have been read.</summary>
    /// <returns>The IDs; or why there are none, after which there are none.</returns>
    /// <exception cref="InvalidOperationException">All have been read.</exception>
    public async ValueTask<(IdRange Ids, BulkSlots Refusal)> ReadAsync(CancellationToken cancellation)
    {
        if (_left <= 0) throw new InvalidOperationException("All IDs of the bulk have been read.");
        cancellation.ThrowIfCancellationRequested();
        while (true)
        {
            var isTime = false;
            while (_answers.Reader.TryRead(out var answer)) isTime |= Take(answer);
            if (_maxAge is { } maxAge) _merge.DropOld(maxAge, Now);
            AskForMore();
            if (_merge.TryRead((int)Math.Min(_left, Layout.SlotsPerMillisecond), Now, out var ids))
            {
                _left -= ids.Count;
                _waitsSince = null;
                return (ids, default);
            }

            if (_merge.Live == 0) return (default, _refusal);
            if (_waitsSince is not { } since)
            {
                _timer.Change(Bound, Timeout.InfiniteTimeSpan);
                _waitsSince = Now;
            }
            else if (isTime)
            {
                // Where nobody was left to go on without, nobody has answered since. Where answers came, none of them had an ID of use.
                if (!_merge.GoOn() || Now - since >= (long)_giveUpAfter.TotalMilliseconds) return (default, _refusal);
                _timer.Change(_giveUpAfter, Timeout.InfiniteTimeSpan);
                continue;
            }

            await _answers.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _answers.Writer.TryComplete();
        while (_answers.Reader.TryRead(out var answer)) _dropped.AddUnread(answer.Count);
        _dropped.Add(_merge.Late, _merge.Astray, _merge.Queued);
    }

    /// <returns>Whether the answer is that a wait has taken long enough.</returns>
    private bool Take(Answer answer)
    {
        if (answer.Index == Answer.TickIndex) return true;
        if (answer.Slots.Refusal is null)
        {
            _merge.Add(answer.Index, answer.Slots, answer.AskedAt, Now);
            return false;
        }

        _refusal = answer.Slots;
        _merge.Fail(answer.Index);
        return false;
    }

    /// <summary>
    /// Asks those who have nothing to do for equal parts of what is not on its way yet. So a small bulk comes from all of them, and little is
    /// left when a large one ends.
    /// </summary>
    private void AskForMore()
    {
        var idle = 0;
        for (var index = 0; index < _workers.Count; index++)
        {
            if (_merge.CanAsk(index, Enough)) idle++;
        }

        var wanted = _left - _merge.Queued - _merge.Asked;
        for (var index = 0; index < _workers.Count && idle > 0 && wanted > 0; index++)
        {
            if (!_merge.CanAsk(index, Enough)) continue;
            var part = (int)Math.Min((wanted + idle - 1) / idle, IBulkGrain.MaxCount);
            idle--;
            wanted -= part;
            var since = _merge.Since(index);
            if (_maxAge is { } maxAge && _merge.Clock(index, Now) is { } clock) since = Math.Max(since ?? 0, clock - (maxAge / 2));
            _merge.Ask(index, part);
            AskAsync(index, part, since).Ignore();
        }
    }

    private async Task AskAsync(int index, int count, long? since)
    {
        var askedAt = Now;
        BulkSlots slots;
        try
        {
            slots = await _take(_workers[index], count, since).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whatever it is: a reader that is not told would wait for this worker.
            slots = new(0, [], $"Worker ID {_workers[index]} does not answer: {e.Message}", TimeSpan.FromSeconds(1));
        }

        var answer = new Answer(index, askedAt, slots);
        if (!_answers.Writer.TryWrite(answer)) _dropped.AddUnread(answer.Count);
    }

    /// <summary>What a call has brought, or that a wait has taken long enough.</summary>
    private readonly record struct Answer(int Index, long AskedAt, BulkSlots Slots)
    {
        public const int TickIndex = -1;

        public static Answer Tick { get; } = new(TickIndex, 0, new(0, []));

        public long Count
        {
            get
            {
                long count = 0;
                foreach (var range in Slots.Ranges) count += range.Count;
                return count;
            }
        }
    }
}
