using IdGenerator.Snowflake;

namespace IdGenerator.Http.Bulk;

/// <summary>A bulk of this process's own worker.</summary>
internal sealed class WorkerBulk(IIdSource source, int count) : IBulk
{
    private int _left = count;

    // The slots of all milliseconds since the request came in are for it to use, so that a timer that fires late costs it none
    // of them.
    private long? _since;

    public async ValueTask<Piece> ReadAsync(CancellationToken cancellation)
    {
        var (slots, refusal) = await source.ReserveAsync(Math.Min(_left, BulkEndpoint.Bite), _since, cancellation);
        if (refusal is not null) return new(default, refusal);
        _since ??= slots.Timestamp;
        _left -= slots.Count;
        return new(new(source.Worker, slots));
    }

    public void Dispose()
    {
    }
}
