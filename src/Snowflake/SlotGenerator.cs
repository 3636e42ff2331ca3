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
    /// <summary>As <c>since</c>: take nothing older than the current millisecond.</summary>
    public const long Now = long.MaxValue;

    /// <summary>Slots of the current millisecond that large reservations leave to small ones.</summary>
    public const int Headroom = 1_024;

    /// <summary>The largest reservation that may use the headroom.</summary>
    public const int SmallReservation = 1_000;

    private const long Closed = long.MaxValue;

    private long _next;
    private long _until;
    private long _issued;
    private long _exhausted;
    private long _lastFull = -1;

    /// <summary>The end of the admitted timestamps, exclusive, in milliseconds since the epoch; 0 while there are none.</summary>
    public long Until => Volatile.Read(ref _until);

    /// <summary>The next free slot; <see cref="long.MaxValue"/> once closed.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Slots given out so far.</summary>
    public long Issued => Volatile.Read(ref _issued);

    /// <summary>Milliseconds whose slots ran out while more were wanted.</summary>
    public long ExhaustedMilliseconds => Volatile.Read(ref _exhausted);

    /// <summary>
    /// Opens the timestamps from <paramref name="from"/> up to, not including, <paramref name="until"/>, in milliseconds
    /// since the epoch. Both only ever rise.
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
        return (next + Layout.MaxSequence) >> Layout.SequenceBits;
    }

    /// <summary>Takes up to <paramref name="count"/> consecutive slots, as many as there are at this moment.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="since">
    /// Free slots of past milliseconds may be used from this timestamp on: a request that takes time to serve may use
    /// all slots since it came in, so that it loses none to the coarseness of timers.
    /// </param>
    /// <param name="range">What was reserved, if anything was.</param>
    public ReserveStatus TryReserve(int count, long since, out SlotRange range)
    {
        var reading = clock.Read();
        var until = Volatile.Read(ref _until);
        var limit = Math.Min(reading.Logical + 1, until) << Layout.SequenceBits;
        var usable = count > SmallReservation ? limit - Headroom : limit;
        var floor = Math.Min(since, reading.Logical) << Layout.SequenceBits;

        while (true)
        {
            var next = Volatile.Read(ref _next);
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
        var reading = clock.Read();
        var until = Until;
        var limit = Math.Min(reading.Logical + 1, until) << Layout.SequenceBits;
        var start = Math.Max(Next, reading.Logical << Layout.SequenceBits);
        return start < limit ? ReserveStatus.Reserved : Explain(start, until, reading);
    }

    /// <summary>
    /// For how long, in milliseconds, a reservation would be refused as <see cref="ReserveStatus.ClockBehind"/>; 0 where it
    /// would not.
    /// </summary>
    public long ClockDeficit()
    {
        var next = Next;
        return next == Closed ? 0 : Math.Max(0, (next >> Layout.SequenceBits) - clock.Limits.MaxLead - 1 - clock.Wall);
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

        var crossed = ((range.End - 1) >> Layout.SequenceBits) - range.Timestamp;
        if (crossed > 0) Interlocked.Add(ref _exhausted, crossed);
        if (range.Count < wanted && range.End == limit) CountFull((limit >> Layout.SequenceBits) - 1);
    }

    private ReserveStatus Explain(long start, long until, ClockReading reading)
    {
        if (until == 0 || start >= Closed - Layout.MaxSequence) return ReserveStatus.NotHeld;
        var timestamp = start >> Layout.SequenceBits;
        if (timestamp > Layout.MaxTimestamp) return ReserveStatus.EndOfTime;
        if (timestamp >= until) return ReserveStatus.ReservationEnded;
        if (timestamp > reading.Wall + clock.Limits.MaxLead + 1) return ReserveStatus.ClockBehind;
        return ReserveStatus.Exhausted;
    }

    /// <summary>Counts a millisecond in which a reservation found nothing (left), once.</summary>
    private void CountFull(long timestamp)
    {
        var last = Volatile.Read(ref _lastFull);
        while (timestamp > last)
        {
            var seen = Interlocked.CompareExchange(ref _lastFull, timestamp, last);
            if (seen == last)
            {
                Interlocked.Increment(ref _exhausted);
                return;
            }

            last = seen;
        }
    }

    private static void RaiseTo(ref long location, long value)
    {
        var current = Volatile.Read(ref location);
        while (current < value)
        {
            var seen = Interlocked.CompareExchange(ref location, value, current);
            if (seen == current) return;
            current = seen;
        }
    }
}
