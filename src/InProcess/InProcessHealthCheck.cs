using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdGenerator.InProcess;

/// <summary>
/// Healthy: there are IDs. Degraded: there are, and the lease should have been renewed some time ago, so they will end if that goes on. Unhealthy: there
/// are none, and the description says why. It takes no ID.
/// </summary>
internal sealed class InProcessHealthCheck(InProcessIdGenerator ids, InProcessLease lease) : IHealthCheck
{
    /// <summary>A renewal is due when 45 seconds are left, and is tried again each few seconds: with 30 left, several were in vain.</summary>
    private static readonly TimeSpan LeastHeadroom = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failure)
    {
        if (ids.Problem() is { } problem) return new(failure, problem);
        var headroom = lease.Headroom;
        return headroom < LeastHeadroom
            ? HealthCheckResult.Degraded(FormattableString.Invariant($"The lease is not renewed: there are IDs for {headroom.TotalSeconds:0} s more."))
            : HealthCheckResult.Healthy();
    }
}
