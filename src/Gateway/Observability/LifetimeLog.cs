using IdGenerator.Leases;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IdGenerator.Gateway.Observability;

/// <summary>A line when the process has started, one when it is told to stop, one when it has.</summary>
internal sealed partial class LifetimeLog(WorkerLease lease, IServer server, ILogger<LifetimeLog> logger)
    : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        LogStarted(Telemetry.Version, lease.Worker, lease.Holder.Name, string.Join(", ", addresses));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogStopping(lease.Worker);
        return Task.CompletedTask;
    }

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogStopped(lease.Worker);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(1, LogLevel.Information,
        "ID generator {Version} for worker ID {Worker}, as {Holder}, listens on {Addresses}.")]
    private partial void LogStarted(string version, int worker, string holder, string addresses);

    [LoggerMessage(2, LogLevel.Information, "Worker ID {Worker} was told to stop: requests are finished, new ones sent away.")]
    private partial void LogStopping(int worker);

    [LoggerMessage(3, LogLevel.Information, "Worker ID {Worker} has stopped.")]
    private partial void LogStopped(int worker);
}
