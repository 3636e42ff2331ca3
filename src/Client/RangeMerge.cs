namespace IdGenerator.Client;

/// <summary>
/// Puts ranges of several workers into one strictly rising order: by timestamp, then by worker. It knows neither time nor network:
/// whoever uses it says what came, and when waiting has taken long enough.
/// <para>
/// Promised: IDs come out strictly rising, each of them was given in, and none comes out twice, whatever is given in.
/// Not promised: that all come out. What is too late for the order is dropped, and so is what is left at the end.
/// </para>
/// Not thread-safe. A step costs time in proportion to the number of workers.
/// </summary>
/// <param name="workers">Whose ranges they are: different worker IDs.</param>
/// <param name="bound">
/// For clocks, in milliseconds: a worker whose clock is surely further than that from the others' is left out. If it were larger,
/// the answer would have to wait longer for the slower clock; if it were smaller, workers would be left out whose clocks are in order.
/// </param>
/// <param name="above">Only IDs above this one come out; -1 for all.</param>
internal sealed partial class RangeMerge(IReadOnlyList<int> workers, long bound, long above = -1)
{
    private readonly Source[] _sources = [.. workers.Select(worker => new Source(worker))];
    private readonly List<long> _offsets = new(workers.Count);
    private long _last = above;
    private long? _front;

    /// <summary>IDs that came too late for the order, or got too old, so far.</summary>
    public long Late { get; private set; }

    /// <summary>IDs of workers whose clock is too far from the others', so far.</summary>
    public long Astray { get; private set; }

    /// <summary>IDs that have come and could be read.</summary>
    public long Queued { get; private set; }

    /// <summary>IDs that are asked for, of workers that are being waited for.</summary>
    public long Asked { get; private set; }

    /// <summary>Workers that have not failed and are not left out.</summary>
    public int Live { get; private set; } = workers.Count;

    /// <summary>Whether to ask a worker for more: it is live, was not asked, and has less than <paramref name="enough"/> IDs here.</summary>
    public bool CanAsk(int index, int enough) =>
        _sources[index] is { IsOut: false, IsAsked: false } source && source.Queued < enough;

    /// <summary>
    /// From which timestamp on the worker's next slots are wanted: from the last that it gave, and from the first that still fits behind
    /// the last ID that was read. Null where it has given none.
    /// </summary>
    public long? Since(int index) => _sources[index] is { End: > 0 } source
        ? Math.Max(source.End - 1, FirstSlotAbove(_last, source.Worker)) >> Layout.SequenceBits
        : null;

    /// <summary>What the worker's clock shows at least, in milliseconds since <see cref="Layout.Epoch"/>; null before its first answer.</summary>
    /// <param name="index">Its place among the workers.</param>
    /// <param name="now">See <see cref="Add"/>.</param>
    public long? Clock(int index, long now) => _sources[index] is { HasClock: true } source ? source.Slowest + now : null;

    /// <summary>Drops the IDs that are older than <paramref name="maxAge"/>, in milliseconds of their workers' clocks.</summary>
    public void DropOld(long maxAge, long now)
    {
        foreach (var source in _sources)
        {
            if (source.Queued == 0) continue;
            var end = (source.Slowest + now - maxAge) << Layout.SequenceBits;
            while (source.Queued > 0 && source.Head.First < end)
            {
                var old = (int)Math.Min(source.Head.Count, end - source.Head.First);
                source.Take(old);
                Queued -= old;
                Late += old;
            }
        }
    }

    /// <summary>The worker was asked for <paramref name="count"/> IDs; <see cref="Add"/> or <see cref="Fail"/> follows.</summary>
    public void Ask(int index, int count)
    {
        var source = _sources[index];
        (source.IsAsked, source.Asked) = (true, count);
        Asked += count;
    }

    /// <summary>The worker has answered.</summary>
    /// <param name="index">Its place among the workers.</param>
    /// <param name="slots">What it gives.</param>
    /// <param name="askedAt">When it was asked, in milliseconds of a clock of the caller's that only rises.</param>
    /// <param name="now">What that clock shows now.</param>
    public void Add(int index, BulkSlots slots, long askedAt, long now)
    {
        var source = _sources[index];
        HasAnswered(source);
        if (source.IsOut)
        {
            foreach (var range in slots.Ranges) Astray += range.Count;
            return;
        }

        // The worker has read its clock after it was asked and before its answer came, so a slow answer proves nothing about the clock.
        source.Fastest = Math.Min(source.Fastest, slots.Now - askedAt);
        source.Slowest = Math.Max(source.Slowest, slots.Now - now);
        foreach (var range in slots.Ranges) Keep(source, range.Slots);
        LeaveOutClocksAstray();
    }

    /// <summary>The worker has failed, and is not asked again. What it gave before still counts.</summary>
    public void Fail(int index)
    {
        var source = _sources[index];
        HasAnswered(source);
        if (source.IsOut) return;
        source.IsOut = true;
        Live--;
        LeaveOutClocksAstray();
    }

    /// <summary>
    /// Waits no longer for those that hold up the others. What they give later is taken where it still fits into the order; whoever
    /// answers is waited for again.
    /// </summary>
    /// <returns>Whether somebody was waited for.</returns>
    public bool GoOn()
    {
        var any = false;
        foreach (var source in _sources)
        {
            if (source is not { IsAsked: true, IsLate: false, Queued: 0 }) continue;
            source.IsLate = any = true;
            Asked -= source.Asked;
        }

        LeaveOutClocksAstray();
        return any;
    }

    /// <summary>
    /// The next IDs, at most <paramref name="most"/>, all of one worker and one millisecond; false where it takes more ranges to know
    /// which are next.
    /// </summary>
    /// <param name="most">At least 1.</param>
    /// <param name="now">See <see cref="Add"/>.</param>
    /// <param name="ids">All of them above all that were read before.</param>
    public bool TryRead(int most, long now, out IdRange ids)
    {
        ids = default;
        if (Lowest() is not { } source) return false;

        var all = new IdRange(source.Worker, source.Head);
        var count = Math.Min(all.RunLength(0), most);
        var last = all[count - 1];
        // Others may still have lower IDs than the last of these: what they give next begins where their last range ended.
        foreach (var other in _sources)
        {
            if (other is { IsAsked: true, IsLate: false, Queued: 0, IsOut: false } && SnowflakeId.Compose(other.End, other.Worker) < last) return false;
        }

        ids = new(source.Worker, new(source.Head.First, count));
        source.Take(count);
        Queued -= count;
        _last = last;
        _front = Math.Max(_front ?? long.MinValue, new SnowflakeId(_last).Timestamp - now);
        return true;
    }

    /// <summary>The worker whose next ID is the lowest.</summary>
    private Source? Lowest()
    {
        Source? lowest = null;
        var id = long.MaxValue;
        foreach (var source in _sources)
        {
            if (source.Queued == 0) continue;
            var first = SnowflakeId.Compose(source.Head.First, source.Worker);
            if (first < id) (lowest, id) = (source, first);
        }

        return lowest;
    }

    private void HasAnswered(Source source)
    {
        if (!source.IsLate) Asked -= source.Asked;
        (source.IsAsked, source.IsLate, source.Asked) = (false, false, 0);
    }

    /// <summary>Keeps the part of a range that lies above what was read, and above what the worker gave before.</summary>
    private void Keep(Source source, SlotRange range)
    {
        var first = Math.Max(range.First, Math.Max(source.End, FirstSlotAbove(_last, source.Worker)));
        var late = (int)Math.Clamp(first - range.First, 0, range.Count);
        Late += late;
        source.End = Math.Max(source.End, range.End);
        if (late == range.Count) return;
        source.Give(new(range.First + late, range.Count - late));
        Queued += range.Count - late;
    }

    /// <summary>The first slot that makes a higher ID than <paramref name="id"/> in the hands of <paramref name="worker"/>.</summary>
    private static long FirstSlotAbove(long id, int worker)
    {
        if (id < 0) return 0;
        var last = new SnowflakeId(id);
        var slot = last.Timestamp << Layout.SequenceBits;
        if (worker == last.Worker) return slot + last.Sequence + 1;
        return worker > last.Worker ? slot : slot + Layout.SlotsPerMillisecond;
    }

    /// <summary>
    /// Leaves out whose clock is surely further than the bound from that of the middle worker, or, where the answer has gone
    /// further than that one's clock already, from the answer. Of two workers, the one with the lower clock is the middle. All that are
    /// waited for have to be heard first: of the first two that answer, the lower one may be the one that is wrong.
    /// </summary>
    private void LeaveOutClocksAstray()
    {
        var heard = 0;
        foreach (var source in _sources)
        {
            if (source is { IsOut: false, IsAsked: true, IsLate: false, HasClock: false }) return;
            if (source is { IsOut: false, HasClock: true }) heard++;
        }

        if (heard == 0) return;
        var front = _front ?? long.MinValue;
        var fastest = Math.Max(Middle(source => source.Fastest), front);
        var slowest = Math.Max(Middle(source => source.Slowest), front);
        foreach (var source in _sources)
        {
            if (source.IsOut || !source.HasClock) continue;
            if (source.Slowest - bound <= fastest && source.Fastest + bound >= slowest) continue;
            source.IsOut = true;
            Live--;
            Astray += source.Queued;
            Queued -= source.Queued;
            source.Drop();
        }
    }

    private long Middle(Func<Source, long> offset)
    {
        _offsets.Clear();
        foreach (var source in _sources)
        {
            if (!source.IsOut && source.HasClock) _offsets.Add(offset(source));
        }

        _offsets.Sort();
        return _offsets[(_offsets.Count - 1) / 2];
    }
}
