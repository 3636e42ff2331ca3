namespace IdGenerator;

/// <summary>
/// IDs for a service.
/// <para>
/// Promised: no ID twice, to this or any other process.
/// Not promised: that later calls get higher IDs. Calls may be served by several workers and from IDs that were reserved a
/// little ahead, so IDs sort by time to within the age that such IDs may have (a setting of the implementation), some 20 ms and
/// the difference between the workers' clocks.
/// </para>
/// Thread-safe. An interface, so that tests of services can put something simple in its place.
/// </summary>
public interface IIdGenerator
{
    /// <summary>One ID; at once, where one has been reserved ahead.</summary>
    /// <exception cref="IdsUnavailableException">There was none for as long as the implementation waits.</exception>
    ValueTask<long> NextAsync(CancellationToken cancellation = default);

    /// <summary>Exactly <paramref name="count"/> IDs.</summary>
    /// <param name="count">0 or more.</param>
    /// <param name="cancellation">Ends the wait; IDs that were set apart for the array by then are lost.</param>
    /// <exception cref="IdsUnavailableException">There were none for as long as the implementation waits.</exception>
    ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default);

    /// <summary>
    /// <paramref name="count"/> IDs one by one, for any count in constant memory. They are reserved while they are read, some
    /// thousand at a time: a slow reader gets them that much later.
    /// </summary>
    /// <exception cref="IdsUnavailableException">There were none for as long as the implementation waits.</exception>
    IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default);
}
