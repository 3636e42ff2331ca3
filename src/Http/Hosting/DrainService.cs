namespace IdGenerator.Http.Hosting;

/// <summary>
/// After the signal to stop, keeps everything running while readiness says no, so that load balancers that poll it have
/// looked elsewhere before connections are refused (Kubernetes removes endpoints and signals the pod at the same time).
/// </summary>
internal sealed class DrainService(TimeSpan drain, TimeProvider time) : IHostedLifecycleService
{
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(drain, time, cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
