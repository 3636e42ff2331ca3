using Orleans.Concurrency;

namespace IdGenerator.Client;

/// <summary>
/// One worker ID as a part of bulks over several workers. The key, the place and the promises are those of <see cref="ISnowflakeGrain"/>,
/// and so is the grain.
/// </summary>
[Alias("id-generator.bulk")]
internal interface IBulkGrain : IGrainWithIntegerKey
{
    /// <summary>Says that no gateway of a worker asks, but a client.</summary>
    const int Client = -1;

    /// <summary>The largest <c>count</c> of one call: what a worker can issue in 8 ms.</summary>
    const int MaxCount = 8 * Layout.SlotsPerMillisecond;

    /// <summary>
    /// Takes slots in the turns of any other bulk of the worker, at most a millisecond's worth in each: it waits for the first turn alone,
    /// and then takes what is there without making anybody wait.
    /// </summary>
    /// <param name="count">1 to <see cref="MaxCount"/>.</param>
    /// <param name="since">See <see cref="ISnowflakeGrain.ReserveAsync"/>.</param>
    /// <param name="from">
    /// The worker whose gateway asks, or <see cref="Client"/>. A call from elsewhere counts as one of the bulks that the worker answers at
    /// once, while it lasts; the gateway of the worker itself has counted its bulk already.
    /// </param>
    [AlwaysInterleave, Alias("take")]
    ValueTask<BulkSlots> TakeAsync(int count, long? since, int from);
}
