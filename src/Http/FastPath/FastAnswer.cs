using IdGenerator.Http.Observability;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.FastPath;

/// <summary>What all fast connections have in common: where IDs come from, what answers look like, where they are counted.</summary>
internal sealed class FastAnswer(IIdSource source, RequestMetrics metrics, TimeProvider time)
{
    public IIdSource Source => source;

    public FastResponse Response { get; } = new(time);

    public RequestSeries Answered { get; } = metrics.For("/id", StatusCodes.Status200OK);

    /// <summary>Those whose connection ended before all of the answer was sent.</summary>
    public RequestSeries Aborted { get; } = metrics.For("/id", RequestMetrics.Aborted);

    public TimeProvider Time => time;
}
