namespace IdGenerator.Snowflake;

/// <summary>The IDs of one bulk request, a piece at a time: they are reserved while they are read. For one reader.</summary>
public interface IBulk : IDisposable
{
    /// <summary>The next IDs: at least one, at most those of a millisecond, above all that this bulk has given before.</summary>
    /// <param name="cancellation">Ends the wait; what is reserved by then is lost, never given out twice.</param>
    /// <returns>The IDs; or why there are none, after which there are none.</returns>
    ValueTask<Piece> ReadAsync(CancellationToken cancellation);
}

/// <summary>IDs of one worker, or why there are none.</summary>
/// <param name="Ids">At least one, unless <paramref name="Refusal"/> says why not.</param>
/// <param name="Refusal">Null where there are IDs.</param>
public readonly record struct Piece(IdRange Ids, Unavailable? Refusal = null);

/// <summary>The workers of the cluster: who they are, and bulks over several of them.</summary>
public interface IWorkers
{
    /// <summary>
    /// The worker IDs of the live silos and this process's own, in rising order. It is this process's view of the cluster, which can be
    /// seconds old.
    /// </summary>
    int[] List();

    /// <param name="most">From how many workers, this process's own included; fewer where fewer are alive.</param>
    /// <param name="count">How many IDs will be read.</param>
    /// <returns>Null where no worker but this process's own is alive.</returns>
    IBulk? Open(int most, int count);
}
