using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdGenerator.Client;

/// <summary>
/// Healthy: there is an ID, which the check takes, within <see cref="Patience"/>. Degraded: there is, and some workers are avoided. Unhealthy: there
/// is none, because the cluster was not found, or because no worker gives any. The data say why, by worker.
/// </summary>
internal sealed class IdGeneratorHealthCheck(IIdGenerator ids, TimeProvider time) : IHealthCheck
{
    /// <summary>A second, as probes of Kubernetes wait by default.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            if (!ids.TryNext(out _)) await ids.NextAsync(either.Token).ConfigureAwait(false);
            return Problems() is { Count: > 0 } problems
                ? HealthCheckResult.Degraded("There are IDs, and some workers give none.", data: problems)
                : HealthCheckResult.Healthy();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(context.Registration.FailureStatus, $"No IDs within {Patience.TotalSeconds:0.#} s.", data: Problems());
        }
        catch (IdsUnavailableException e)
        {
            return new(context.Registration.FailureStatus, e.Message, e, Problems());
        }
    }

    private Dictionary<string, object> Problems() => ids is IdGeneratorClient client
        ? client.Problems.ToDictionary(problem => $"worker {problem.Worker}", object (problem) => problem.Problem)
        : [];
}
