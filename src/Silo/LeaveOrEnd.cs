using IdGenerator.Http.Hosting;
using IdGenerator.Kubernetes;
using IdGenerator.Membership;

namespace IdGenerator.Silo;

/// <summary>
/// Ends a silo that was told to stop and may not write to the membership any more: its role was removed before its pods (helm
/// uninstall), or its pod was deleted by force. Orleans would try for more than a minute to write that the silo leaves, and Kubernetes
/// kills it before that. The same where the API server does not answer until the time for a stop is over: Orleans goes on trying without
/// a bound. The others find out without it, because nobody answers at its address any more.
/// Hosted services stop in the reverse order of their registration: this one is registered behind Orleans and before the HTTP server,
/// so all requests are answered when it begins.
/// </summary>
internal sealed class LeaveOrEnd(
    IMembershipTable membership, IHostApplicationLifetime lifetime, ProcessExit exit, TimeProvider time) : IHostedService
{
    /// <summary>Between two looks. A silo that may write has left within a second or two.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _ = WatchAsync(cancellationToken);
        return Task.CompletedTask;
    }

    /// <param name="timeIsUp">Of the host: the time for the stop is over.</param>
    private async Task WatchAsync(CancellationToken timeIsUp)
    {
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(timeIsUp, lifetime.ApplicationStopped);
        while (!isOver.IsCancellationRequested)
        {
            try
            {
                await membership.ReadAllAsync(isOver.Token);
            }
            catch (Exception e) when (e is MembershipException or KubernetesApiException { IsUnauthorized: true })
            {
                await exit.CutStopShortAsync($"The silo cannot say that it leaves its cluster ({e.Message}).");
            }
            catch (Exception)
            {
                // No answer, or one that nobody understands: Orleans goes on trying for as long as there is time for it.
            }

            await Task.Delay(Period, time, isOver.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!lifetime.ApplicationStopped.IsCancellationRequested)
            await exit.CutStopShortAsync("The silo could not say in time that it leaves its cluster.");
    }
}
