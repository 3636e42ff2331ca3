namespace IdGenerator.Client;

public sealed class IdGeneratorClientOptions
{
    /// <summary>
    /// Prefetched IDs are dropped at this age. Longer rides out longer pauses of the cluster, at the price of older timestamps.
    /// </summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The most IDs of one prefetch, 1 to 4,096. Prefetches grow up to this as long as they are used up in time.
    /// </summary>
    public int MaxBatch { get; set; } = 4_096;

    /// <summary>How long one worker may take to answer before another is asked.</summary>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long callers wait, through any number of workers and attempts, before they are told that there are no IDs.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromSeconds(30);

    internal bool IsValid =>
        MaxBatch is >= 1 and <= 4_096
        && MaxAge > TimeSpan.Zero && CallTimeout > TimeSpan.Zero && GiveUpAfter >= CallTimeout;
}
