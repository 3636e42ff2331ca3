namespace IdGenerator;

/// <summary>
/// IDs for a service.
/// <para>
/// Promised: no ID twice, to this or any other process. No ID is older than the implementation's maximum age when it is handed out,
/// or it was reserved after the call for it had begun. Callers that have to wait are served in the order in which they came.
/// Not promised: that later calls get higher IDs. Calls may be served by several workers and from IDs that were reserved a
/// little ahead, so IDs sort by time to within the maximum age, some 20 ms and the difference between the workers' clocks.
/// </para>
/// <para>
/// Wrong arguments, and calls after the implementation was disposed, throw at once (<see cref="ArgumentOutOfRangeException"/>,
/// <see cref="ObjectDisposedException"/>). A token that is cancelled already ends a call before it takes an ID.
/// </para>
/// Thread-safe. For tests of services there is <see cref="InMemoryIdGenerator"/>.
/// </summary>
public interface IIdGenerator
{
    /// <summary>One ID; at once, where one has been reserved ahead.</summary>
    /// <exception cref="IdsUnavailableException">There was none for as long as the implementation waits.</exception>
    ValueTask<long> NextAsync(CancellationToken cancellation = default);

    /// <summary>Exactly <paramref name="count"/> IDs, all of them within the maximum age when the array is returned.</summary>
    /// <param name="count">
    /// 0 to <see cref="Array.MaxLength"/>. What the workers cannot give within the maximum age (of each some million IDs) is for
    /// <see cref="StreamAsync"/>.
    /// </param>
    /// <param name="cancellation">Ends the wait; IDs that were set apart for the array by then are lost.</param>
    /// <exception cref="IdsUnavailableException">There were not enough for as long as the implementation waits.</exception>
    ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default);

    /// <summary>Fills memory of the caller with IDs, as <see cref="NextAsync(int, CancellationToken)"/> does an array.</summary>
    /// <param name="destination">Is written to when all IDs are there, and left alone where the call fails.</param>
    /// <param name="cancellation">Ends the wait; IDs that were set apart for the memory by then are lost.</param>
    /// <exception cref="IdsUnavailableException">There were not enough for as long as the implementation waits.</exception>
    ValueTask FillAsync(Memory<long> destination, CancellationToken cancellation = default);

    /// <summary>An ID that is at hand. Never waits.</summary>
    /// <returns>False where none is at hand; one is fetched then, so that a call a few milliseconds later has better luck.</returns>
    bool TryNext(out long id);

    /// <summary>
    /// <paramref name="count"/> IDs one by one, for any count in constant memory. They are reserved while they are read, some
    /// thousand at a time, and from several workers for a reader that one would hold up. A slow reader gets no IDs above the maximum
    /// age either: what it leaves for too long is dropped and reserved again.
    /// </summary>
    /// <param name="count">0 or more.</param>
    /// <param name="cancellation">Ends the stream before the next element.</param>
    /// <exception cref="IdsUnavailableException">There were none for as long as the implementation waits.</exception>
    IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default);
}
