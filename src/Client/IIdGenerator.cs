namespace IdGenerator.Client;

/// <summary>
/// IDs for a service, from whichever workers of the cluster are alive.
/// <para>
/// Promised: no ID twice, to this or any other process; an ID was reserved no longer before it is handed out than
/// <see cref="IdGeneratorClientOptions.MaxAge"/>, on this process's clock.
/// Not promised: that later calls get higher IDs. Calls are served by several workers and from prefetched batches; IDs sort by
/// time to within the maximum age, some 20 ms and the difference between the workers' clocks.
/// </para>
/// Thread-safe. An interface, so that tests of services can put something simple in its place.
/// </summary>
public interface IIdGenerator
{
    /// <summary>One ID; at once, where one has been prefetched.</summary>
    /// <exception cref="IdsUnavailableException">No worker had any for <see cref="IdGeneratorClientOptions.GiveUpAfter"/>.</exception>
    ValueTask<long> NextAsync(CancellationToken cancellation = default);

    /// <summary>Exactly <paramref name="count"/> IDs.</summary>
    /// <param name="count">0 or more.</param>
    /// <param name="cancellation">Ends the wait; IDs that were set apart for the array by then are lost.</param>
    /// <exception cref="IdsUnavailableException">No worker had any for <see cref="IdGeneratorClientOptions.GiveUpAfter"/>.</exception>
    ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default);

    /// <summary>
    /// <paramref name="count"/> IDs one by one, for any count in constant memory. They are reserved while they are read, up to
    /// <see cref="IdGeneratorClientOptions.MaxBatch"/> at a time: a slow reader gets them that much later.
    /// </summary>
    /// <exception cref="IdsUnavailableException">No worker had any for <see cref="IdGeneratorClientOptions.GiveUpAfter"/>.</exception>
    IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default);
}
