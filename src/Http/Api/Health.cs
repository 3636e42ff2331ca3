using IdGenerator.Leases;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.Api;

/// <summary>Whether this process should get requests.</summary>
internal sealed class Health(IIdSource source, WorkerLease lease, IHostApplicationLifetime lifetime)
{
    // In a silo: it has its worker ID, but has not joined its cluster yet.
    private static readonly Unavailable Starting = new("Starting", TimeSpan.FromSeconds(1));

    public int Worker => lease.Worker;

    /// <summary>Why requests should go elsewhere; null where they should come.</summary>
    public Unavailable? Check() => lifetime.ApplicationStopping.IsCancellationRequested
        ? new("Shutting down", TimeSpan.FromSeconds(1))
        : source.Check() ?? (lifetime.ApplicationStarted.IsCancellationRequested ? null : Starting);
}
