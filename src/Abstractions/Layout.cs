namespace IdGenerator;

/// <summary>
/// The bits of an ID, most significant first, below a sign bit that is always 0:
/// <code>
/// | 41 bits: milliseconds since the epoch | 10 bits: worker ID | 12 bits: sequence |
/// </code>
/// 69 years from the epoch (to 2093-09-18), 1,024 workers, 4,096 IDs a millisecond and worker.
/// </summary>
public static class Layout
{
    /// <summary>The zero of all timestamps, in Unix milliseconds: 2024-01-12T13:15:54.064Z.</summary>
    public const long EpochUnixMilliseconds = 1_705_065_354_064;

    public const int TimestampBits = 41;
    public const int WorkerBits = 10;
    public const int SequenceBits = 12;

    /// <summary>The last timestamp that fits, in milliseconds since the epoch.</summary>
    public const long MaxTimestamp = (1L << TimestampBits) - 1;

    public const int MaxWorker = (1 << WorkerBits) - 1;
    public const int MaxSequence = (1 << SequenceBits) - 1;

    /// <summary>IDs that one worker can issue with one timestamp.</summary>
    public const int SlotsPerMillisecond = 1 << SequenceBits;

    /// <summary>IDs that one worker can issue in a second: 4,096,000.</summary>
    public const int SlotsPerSecond = 1_000 * SlotsPerMillisecond;

    /// <summary>
    /// Names epoch and bits, to be kept beside anything durable that depends on them: IDs of two layouts can be equal.
    /// </summary>
    public const string Name = "1705065354064/41-10-12";

    /// <summary>The epoch on the scale of <see cref="DateTimeOffset"/>.</summary>
    public static DateTimeOffset Epoch { get; } = DateTimeOffset.FromUnixTimeMilliseconds(EpochUnixMilliseconds);
}
