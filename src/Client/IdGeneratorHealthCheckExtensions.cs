using IdGenerator;
using IdGenerator.Client;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the health check of <see cref="IIdGenerator"/>.</summary>
public static class IdGeneratorHealthCheckExtensions
{
    /// <summary>
    /// Whether there are IDs within a second: for readiness, and not for liveness, because a restart of this service mends nothing of another.
    /// </summary>
    /// <param name="builder">Of <c>services.AddHealthChecks()</c>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="serviceKey">The key of the client; null for the one without.</param>
    /// <param name="failureStatus">What it reports where there are no IDs; unhealthy by default.</param>
    /// <param name="tags">Tags of the check.</param>
    public static IHealthChecksBuilder AddIdGeneratorClient(
        this IHealthChecksBuilder builder,
        string name = "id-generator",
        string? serviceKey = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null) =>
        builder.Add(new(
            name,
            provider => new IdGeneratorHealthCheck(
                serviceKey is null ? provider.GetRequiredService<IIdGenerator>() : provider.GetRequiredKeyedService<IIdGenerator>(serviceKey),
                provider.GetRequiredService<TimeProvider>()),
            failureStatus,
            tags));
}
