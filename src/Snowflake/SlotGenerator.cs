using System.Runtime.CompilerServices;

namespace IdGenerator.Snowflake;

/// <summary>
/// Gives out slots, each once, in rising order, within the timestamps it was admitted to.
/// <para>
/// Promised, to any number of threads, whatever the clock does: ranges never overlap; of two reservations the one that
/// began after the other had returned gets the higher slots; no timestamp at or above the admitted end or more than
/// <see cref="ClockLimits.MaxLead"/> ahead of the wall clock.
/// Not promised: that nobody else gives out the same slots; disjoint admissions see to that.
/// </para>
/// Its state is the next free slot; a reservation is one compare-and-swap, the same for 1 slot as for many, without a
/// lock and without an allocation.
/// </summary>
/// <param name="clock">Time.</param>
/// <param name="rollingStart">
/// After an idle gap go on with the sequence number at which the last millisecond ended, where that is below 1,024,
/// instead of 0: at low rates IDs then spread evenly modulo any number (shards, partitions).
/// </param>
public sealed class SlotGenerator(LogicalClock clock, bool rollingStart = true)
{
    /// <summary>Slots of the current millisecond that large reservations leave to small ones.</summary>
    public const int Headroom = 1_024;

    /// <summary>The largest reservation that may use the headroom.</summary>
    public const int SmallReservation = 1_000;

    private const long Closed = long.MaxValue;

    private long _next;
    private long _until;
    private long _issued;
    private long _exhausted;
    private long _lastFull;

    /// <summary>The end of the admitted timestamps, exclusive, in milliseconds since the epoch; 0 while there are none.</summary>
    public long Until => Volatile.Read(ref _until);

    /// <summary>The next free slot; <see cref="long.MaxValue"/> once closed.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>The first timestamp of which no slot was given out, in milliseconds since the epoch.</summary>
    public long FirstUnused => FirstTimestampFrom(Next);

    /// <summary>Slots given out so far.</summary>
    public long Issued => Volatile.Read(ref _issued);

    /// <summary>Milliseconds whose slots ran out while more were wanted.</summary>
    public long ExhaustedMilliseconds => Volatile.Read(ref _exhausted);

    /// <summary>
    /// Opens the timestamps from <paramref name="from"/> up to, not including, <paramref name="until"/>, in milliseconds
    /// since the epoch. Both only ever rise. An anchor was adopted before.
    /// </summary>
    public void Admit(long from, long until)
    {
        RaiseTo(ref _next, from << Layout.SequenceBits);
        RaiseTo(ref _until, Math.Min(until, Layout.MaxTimestamp + 1));
    }

    /// <summary>
    /// Ends issuing for good. A reservation either is in the answer or fails.
    /// </summary>
    /// <returns>The first timestamp of which no slot was given out, in milliseconds since the epoch.</returns>
    public long Close()
    {
        var next = Interlocked.Exchange(ref _next, Closed);
        Volatile.Write(ref _until, 0);
        return FirstTimestampFrom(next);
    }

    /// <summary>
    /// From the return on, all slots are given out under <paramref name="anchor"/>, and none under the one before, however long
    /// a thread was paused in the middle of a reservation. Where IDs were issued above the anchor, its line is raised to them,
    /// which is not above the line before. A line below them would let requests wait for as long as the gap is wide, and the
    /// next mark of the lease would lie below them.
    /// </summary>
    public void Adopt(ClockAnchor anchor)
    {
        clock.Adopt(anchor);
        Fence();
        var below = FirstUnused - 1 - ClockAnchor.Slack - anchor.At(clock.Monotonic);
        if (below > 0 && Next != Closed) clock.Adopt(anchor with { Logical = anchor.Logical + below });
    }

    /// <summary>
    /// Moves the next free slot on by one, so that every reservation that has read the clock before and has not succeeded yet
    /// fails its swap and reads the clock again. Where this swap fails, another one has just moved it.
    /// </summary>
    private void Fence()
    {
        var next = Next;
        if (next != Closed) Interlocked.CompareExchange(ref _next, next + 1, next);
    }

    /// <summary>Takes up to <paramref name="count"/> consecutive slots, as many as there are at this moment.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="since">
    /// The timestamp from which on free slots of past milliseconds may be used: a request that takes time to serve may use all
    /// slots since it came in, so that it loses none to the coarseness of timers. Null: none older than the current millisecond.
    /// </param>
    /// <param name="range">What was reserved, if anything was.</param>
    public ReserveStatus TryReserve(int count, long? since, out SlotRange range)
    {
        while (true)
        {
            // The order matters. The next free slot is read first and swapped last: if the swap succeeds, nobody has called
            // Adopt or Close in between, so that the clock was read under the anchor in use. The end is read before the clock:
            // whoever sees it sees the anchor too that was adopted before it was admitted.
            var next = Volatile.Read(ref _next);
            var until = Volatile.Read(ref _until);
            var reading = clock.Read();
            var limit = Math.Min(reading.Logical + 1, until) << Layout.SequenceBits;
            var usable = count > SmallReservation ? limit - Headroom : limit;
            var floor = Math.Min(since ?? reading.Logical, reading.Logical) << Layout.SequenceBits;
            var start = next >= floor ? next : floor + StartSequence(next);
            var end = Math.Min(start + count, usable);
            if (start >= end)
            {
                range = default;
                if (start == limit && until > reading.Logical) CountFull(reading.Logical);
                return Explain(start, until, reading);
            }

            if (Interlocked.CompareExchange(ref _next, end, next) != next) continue;

            range = new(start, (int)(end - start));
            Count(range, wanted: count, limit);
            return ReserveStatus.Reserved;
        }
    }

    /// <summary>What <see cref="TryReserve"/> would answer to a request for one slot, without spending it.</summary>
    public ReserveStatus Check()
    {
        var next = Next;
        var until = Until;
        var reading = clock.Read();
        var limit = Math.Min(reading.Logical + 1, until) << Layout.SequenceBits;
        var start = Math.Max(next, reading.Logical << Layout.SequenceBits);
        return start < limit ? ReserveStatus.Reserved : Explain(start, until, reading);
    }

    /// <summary>By how many milliseconds logical time is behind what was issued; 0 where it is not.</summary>
    public long ClockDeficit()
    {
        var next = Next;
        return next == Closed ? 0 : Math.Max(0, TimestampOf(next) - clock.Read().Logical);
    }

    private long StartSequence(long next)
    {
        var sequence = next & Layout.MaxSequence;
        return rollingStart && sequence < Headroom ? sequence : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Count(SlotRange range, int wanted, long limit)
    {
        Interlocked.Add(ref _issued, range.Count);

        var crossed = TimestampOf(range.End - 1) - range.Timestamp;
        if (crossed > 0) Interlocked.Add(ref _exhausted, crossed);
        if (range.Count < wanted && range.End == limit) CountFull(TimestampOf(limit) - 1);
    }

    private ReserveStatus Explain(long start, long until, ClockReading reading)
    {
        if (until == 0 || start == Closed) return ReserveStatus.NotHeld;
        var timestamp = TimestampOf(start);
        if (timestamp > Layout.MaxTimestamp) return ReserveStatus.EndOfTime;
        if (timestamp >= until) return ReserveStatus.ReservationEnded;
        if (timestamp > reading.Wall + clock.Limits.MaxLead + 1) return ReserveStatus.ClockBehind;
        return ReserveStatus.Exhausted;
    }

    private static long TimestampOf(long slot) => slot >> Layout.SequenceBits;

    private static long FirstTimestampFrom(long slot) =>
        TimestampOf(slot) + ((slot & Layout.MaxSequence) == 0 ? 0 : 1);

    /// <summary>Counts a millisecond in which a reservation found nothing (left), once.</summary>
    private void CountFull(long timestamp)
    {
        var last = Volatile.Read(ref _lastFull);
        if (timestamp > last && Interlocked.CompareExchange(ref _lastFull, timestamp, last) == last)
            Interlocked.Increment(ref _exhausted);
    }

    private static void RaiseTo(ref long location, long value)
    {
        while (Volatile.Read(ref location) is var current && current < value)
            Interlocked.CompareExchange(ref location, value, current);
    }
}
