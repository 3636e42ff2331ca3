using IdGenerator.Http.Api;
using IdGenerator.Http.Connections;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// After the signal to stop, keeps everything running while readiness says no, so that load balancers that poll it have
/// looked elsewhere before connections are refused (Kubernetes removes endpoints and signals the pod at the same time). Clients
/// that have a connection may send one more request on it, and learn from its answer that it is the last.
/// A process that is told to stop while it starts, and that nobody has seen ready, is known to no load balancer: it does not wait.
/// </summary>
internal sealed class DrainService(TimeSpan drain, Health health, Clients clients, IHostApplicationLifetime lifetime, TimeProvider time)
    : IHostedLifecycleService
{
    /// <summary>For how long at least a connection that was idle at the signal is kept: its client may have sent a request already,
    /// or be about to.</summary>
    private static readonly TimeSpan LastRequest = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested && !health.WasReady) return;
        var signal = time.GetTimestamp();
        await Task.Delay(drain, time, cancellationToken);
        while (clients.Open > 0 && time.GetElapsedTime(signal) < LastRequest) await Task.Delay(Interval, time, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
