using Orleans.Concurrency;

namespace IdGenerator.Client;

/// <summary>
/// One worker ID, which is the grain's key: 0 to <see cref="Layout.MaxWorker"/>. It lives on the silo that holds the worker
/// ID, and nowhere else: while no silo does, calls fail with <see cref="WorkerUnavailableException"/>, and from a crash
/// until the cluster has noticed it with an <see cref="OrleansException"/> that names the silo's address.
/// <para>
/// Promised: no slot is given out twice; of two calls that the same silo answers, the one made after the other had returned gets
/// the higher slots.
/// Not promised: that order across silos. Example: silo A holds the worker ID and is cut off, silo B takes it over and answers a
/// call; a later call that still reaches A is answered out of what A had reserved, with lower slots than B gave. Nor that a
/// worker answers: prefer <see cref="IIdGenerator"/>, which goes on with the others.
/// </para>
/// </summary>
[Alias("id-generator.worker")]
public interface ISnowflakeGrain : IGrainWithIntegerKey
{
    /// <summary>The largest <c>count</c> of one reservation.</summary>
    const int MaxCount = Layout.SlotsPerSecond;

    /// <summary>Streams that a worker serves at once.</summary>
    const int MaxStreams = 64;

    /// <summary>
    /// Reserves up to <paramref name="count"/> slots, as many as there are at once. Where there are none it waits for the
    /// next millisecond; that is too short to be worth a cancellation token.
    /// </summary>
    /// <param name="count">1 to <see cref="MaxCount"/>.</param>
    /// <param name="since">
    /// The timestamp, in milliseconds since <see cref="Layout.Epoch"/>, from which on slots of past milliseconds that nobody has
    /// used may be given out; those more than a second old are not, whatever this says. A caller of many calls in a row gives the
    /// timestamp of the last answer and loses no slots in between. Null: none older than the current millisecond.
    /// </param>
    // Interleaved, because a reservation that waits must not hold up the others. Nothing is reordered by it: slots are
    // taken in one step, not in two with a wait between them.
    [AlwaysInterleave, AnyGateway, Alias("reserve")]
    ValueTask<SlotReservation> ReserveAsync(int count, long? since = null);

    /// <summary>
    /// Reserves <paramref name="count"/> slots while they are being read, in rising order. A refusal, where there is one, is
    /// the last element; one of the reasons is that the worker has <see cref="MaxStreams"/> streams that are being read.
    /// </summary>
    /// <param name="count">1 to <see cref="MaxCount"/>.</param>
    /// <param name="cancellation">Ends the stream; slots that are on the way are lost.</param>
    [Alias("stream")]
    IAsyncEnumerable<SlotReservation> StreamAsync(long count, CancellationToken cancellation = default);

    /// <summary>Who holds the worker ID, and until when.</summary>
    [AlwaysInterleave, AnyGateway, Alias("describe")]
    ValueTask<WorkerDescription> DescribeAsync();
}
