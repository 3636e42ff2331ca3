using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary>Whether this process should get requests.</summary>
internal sealed class Health(IIdSource source, WorkerLease lease, IHostApplicationLifetime lifetime, TimeProvider time)
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
        return since == 0 || time.GetElapsedTime(since) < LongestJoin;
    }
}
