using IdGenerator.InProcess;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of the generator in this process.</summary>
public static class IdGeneratorInProcessHealthCheckExtensions
{
    /// <summary>
    /// Whether there are IDs: for readiness, and not for liveness, because a restart does not bring a lease store back. Degraded is a lease that is not
    /// renewed although it is time. Taken from memory; no ID is used up.
    /// </summary>
    /// <param name="builder">Of <c>services.AddHealthChecks()</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What it reports where there are no IDs; unhealthy by default.</param>
    /// <param name="tags">Tags of the check.</param>
    public static IHealthChecksBuilder AddIdGenerator(
        this IHealthChecksBuilder builder,
        string name = "id-generator-in-process",
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null) =>
        builder.Add(new(name, provider => ActivatorUtilities.CreateInstance<InProcessHealthCheck>(provider), failureStatus, tags));
}
