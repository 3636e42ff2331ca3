namespace IdGenerator;

/// <summary>The IDs that one worker makes of a <see cref="SlotRange"/>: strictly increasing, in the order of the slots.</summary>
public readonly record struct IdRange(int Worker, SlotRange Slots)
{
    public int Count => Slots.Count;

    public long this[int index] => SnowflakeId.Compose(Slots.First + index, Worker);

    /// <summary>Writes the IDs to the beginning of <paramref name="destination"/>, which has room for them.</summary>
    public void CopyTo(Span<long> destination)
    {
        for (var i = 0; i < Count; i++) destination[i] = this[i];
    }

    /// <summary>
    /// How many IDs from <paramref name="index"/> on are consecutive integers: those up to the end of the range or of
    /// the millisecond, whichever comes first. At most <see cref="Layout.SlotsPerMillisecond"/>.
    /// </summary>
    public int RunLength(int index)
    {
        var sequence = (int)(Slots.First + index) & Layout.MaxSequence;
        return Math.Min(Layout.SlotsPerMillisecond - sequence, Count - index);
    }
}
