namespace IdGenerator;

/// <summary>
/// Consecutive slots. A slot is <c>timestamp &lt;&lt; 12 | sequence</c>: an ID without its worker, so that
/// consecutive slots of one worker are all of its IDs, in order, and none of anybody else's.
/// </summary>
/// <param name="First">The first slot.</param>
/// <param name="Count">How many slots, the first included; 0 for an empty range.</param>
public readonly record struct SlotRange(long First, int Count)
{
    /// <summary>The first slot behind the range.</summary>
    public long End => First + Count;

    /// <summary>The timestamp of the first slot, in milliseconds since <see cref="Layout.Epoch"/>.</summary>
    public long Timestamp => First >> Layout.SequenceBits;
}
