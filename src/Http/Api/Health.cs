using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary>Whether this process should get requests.</summary>
internal sealed class Health(IIdSource source, WorkerLease lease, IHostApplicationLifetime lifetime)
{
    private volatile bool _wasReady;

    public int Worker => lease.Worker;

    /// <summary>Somebody has been told that requests should come.</summary>
    public bool WasReady => _wasReady;

    /// <summary>Why requests should go elsewhere; null where they should come.</summary>
    public Unavailable? Check()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return new("Shutting down", TimeSpan.FromSeconds(1));
        var unavailable = source.Check();
        if (unavailable is null) _wasReady = true;
        return unavailable;
    }
}
