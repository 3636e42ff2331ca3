namespace IdGenerator;

/// <summary>An ID, and what it says of itself. Any value from 0 to <see cref="long.MaxValue"/> is one.</summary>
public readonly record struct SnowflakeId(long Value)
{
    /// <summary>Milliseconds since <see cref="Layout.Epoch"/>.</summary>
    public long Timestamp => Value >> (Layout.WorkerBits + Layout.SequenceBits);

    public int Worker => (int)(Value >> Layout.SequenceBits) & Layout.MaxWorker;

    public int Sequence => (int)Value & Layout.MaxSequence;

    public DateTimeOffset CreatedAt => Layout.Epoch.AddMilliseconds(Timestamp);

    /// <summary>The ID that <paramref name="worker"/> makes of <paramref name="slot"/>.</summary>
    public static long Compose(long slot, int worker) =>
        (slot & ~(long)Layout.MaxSequence) << Layout.WorkerBits
        | (long)worker << Layout.SequenceBits
        | slot & Layout.MaxSequence;
}
