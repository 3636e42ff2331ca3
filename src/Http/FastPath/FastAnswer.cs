using IdGenerator.Http.Connections;
using IdGenerator.Http.Formats;
using IdGenerator.Http.Observability;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.FastPath;

/// <summary>What all fast connections have in common: where IDs come from, what answers look like, where they are counted.</summary>
internal sealed class FastAnswer(
    IIdSource source, RequestMetrics metrics, Pollers pollers, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private readonly Dictionary<IdFormat, FastAnswerKind> _kinds = IdFormat.All
        .Append(SingleFormat.Instance)
        .ToDictionary(format => format, format =>
        {
            var route = format is SingleFormat ? "/id" : "/ids/{count}";
            return new FastAnswerKind(
                format,
                FastResponse.Beginning(format.MediaType),
                metrics.For(route, StatusCodes.Status200OK),
                metrics.For(route, RequestMetrics.Aborted));
        });

    public IIdSource Source => source;

    public FastResponse Response { get; } = new(time);

    public Pollers Pollers => pollers;

    /// <summary>The signal to stop: from then on answers are the last ones of their connections.</summary>
    public CancellationToken Stopping { get; } = lifetime.ApplicationStopping;

    public TimeProvider Time => time;

    public FastAnswerKind Of(IdFormat format) => _kinds[format];
}

/// <param name="Format">How IDs are written.</param>
/// <param name="Beginning">The first part of the head.</param>
/// <param name="Answered">Where answers are counted that were sent.</param>
/// <param name="Aborted">Where those are counted whose client left before.</param>
internal sealed record FastAnswerKind(IdFormat Format, byte[] Beginning, RequestSeries Answered, RequestSeries Aborted);
