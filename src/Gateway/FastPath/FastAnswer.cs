using IdGenerator.Gateway.Observability;
using IdGenerator.Snowflake;

namespace IdGenerator.Gateway.FastPath;

/// <summary>What all fast connections have in common: where IDs come from, what answers look like, where they are counted.</summary>
internal sealed record FastAnswer(IIdSource Source, FastResponse Response, RequestSeries Answered, TimeProvider Time);
