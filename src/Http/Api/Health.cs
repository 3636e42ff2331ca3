using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary>Whether this process should get requests.</summary>
internal sealed partial class Health(
    IIdSource source, WorkerLease lease, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Health> logger)
{
    /// <summary>
    /// A silo that can issue joins its cluster within a second or two. Where another one does not answer, Orleans waits until that one is
    /// declared dead, a minute or more; so after this time requests come here although the silo has not joined.
    /// </summary>
    private static readonly TimeSpan LongestJoin = TimeSpan.FromSeconds(10);

    private static readonly Unavailable Starting = new("Starting", TimeSpan.FromSeconds(1));

    private volatile bool _wasReady;
    private long _canIssueSince;

    public int Worker => lease.Worker;

    /// <summary>Somebody has been told that requests should come.</summary>
    public bool WasReady => _wasReady;

    /// <summary>Why requests should go elsewhere; null where they should come.</summary>
    public Unavailable? Check()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return new("Shutting down", TimeSpan.FromSeconds(1));
        var unavailable = source.Check() ?? (IsStarting() ? Starting : null);
        if (unavailable is null) _wasReady = true;
        return unavailable;
    }

    private bool IsStarting()
    {
        if (lifetime.ApplicationStarted.IsCancellationRequested) return false;
        var since = Interlocked.CompareExchange(ref _canIssueSince, time.GetTimestamp(), 0);
        if (since == 0 || time.GetElapsedTime(since) < LongestJoin) return true;
        if (!_wasReady) LogNotJoined(lease.Worker, (int)LongestJoin.TotalSeconds);
        return false;
    }

    [LoggerMessage(1, LogLevel.Warning,
        "Worker ID {Worker} serves HTTP, but its silo has not joined its cluster within {Seconds} s, because another silo does not answer: " +
        "clients of Orleans do not reach it. Nothing is to be done where a silo was paused or lost: it is declared dead when its worker ID has " +
        "another holder. Otherwise look whether pods reach each other on the silo port.")]
    private partial void LogNotJoined(int worker, int seconds);
}
