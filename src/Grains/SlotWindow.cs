using IdGenerator.Snowflake;

namespace IdGenerator.Grains;

/// <summary>
/// A few slots of one millisecond, reserved ahead. They are given out only as long as they are the newest that the generator
/// has reserved for anybody, and until <see cref="MaxAge"/> after their millisecond: nobody waits while newer ones are fetched.
/// <para>
/// Promised: no slot is given out twice; a slot is higher than all that any reservation had returned before it was asked for;
/// none is more than <see cref="MaxAge"/> older than the generator itself would give; none is given out once the lease is lost (that moves the generator on).
/// What is not given out in time is lost.
/// </para>
/// All of it is one number, slot and count, so that taking is one compare-and-swap. Slots only rise, so no value comes back.
/// </summary>
internal sealed class SlotWindow(LogicalClock clock, SlotGenerator generator)
{
    /// <summary>The most slots it can hold. A reservation of that many may still use the generator's headroom.</summary>
    public const int Capacity = SlotGenerator.SmallReservation;

    /// <summary>For how many milliseconds after its own a slot may be given out.</summary>
    private const int MaxAge = 1;

    private const int CountBits = 10;

    private long _left;

    /// <summary>Takes up to <paramref name="count"/> slots; none, where they must not be used any more.</summary>
    /// <param name="count">At least 1.</param>
    /// <param name="taken">What was taken, if anything was.</param>
    /// <param name="isAging">Whether it is time to fill the window again.</param>
    public bool TryTake(int count, out SlotRange taken, out bool isAging)
    {
        while (true)
        {
            var packed = Volatile.Read(ref _left);
            var left = Unpack(packed);
            var age = clock.Read().Logical - left.Timestamp;
            isAging = age > 0;
            if (left.Count == 0 || left.End != generator.Next || age > MaxAge)
            {
                taken = default;
                return false;
            }

            taken = new(left.First, Math.Min(count, left.Count));
            var rest = Pack(new(taken.End, left.Count - taken.Count));
            if (Interlocked.CompareExchange(ref _left, rest, packed) == packed) return true;
        }
    }

    /// <summary>Puts <paramref name="slots"/> in the place of what is left.</summary>
    /// <param name="slots">At most <see cref="Capacity"/>, all of one millisecond, above all earlier ones.</param>
    /// <returns>What was left.</returns>
    public SlotRange Replace(SlotRange slots) => Unpack(Interlocked.Exchange(ref _left, Pack(slots)));

    private static long Pack(SlotRange slots) => slots.First << CountBits | (long)slots.Count;

    private static SlotRange Unpack(long packed) => new(packed >> CountBits, (int)packed & ((1 << CountBits) - 1));
}
