using IdGenerator.Http.Observability;
using IdGenerator.Leases;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IdGenerator.Http.Hosting;

/// <summary>A line that says who the process is, one when it has started, one when it is told to stop, one when it has.</summary>
internal sealed partial class LifetimeLog(
    WorkerLease lease, WorkerIdentity identity, OpenStore store, IServer server, ILogger<LifetimeLog> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        LogIdentity(identity.Worker, identity.Source, store.Place);
        if (store.Warning is { } warning) LogWarning(warning);
        return Task.CompletedTask;
    }

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

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(4, LogLevel.Information, "Worker ID {Worker}, from {Source}. {Place}")]
    private partial void LogIdentity(int worker, string source, string place);

    [LoggerMessage(5, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);

    [LoggerMessage(1, LogLevel.Information,
        "ID generator {Version} for worker ID {Worker}, as {Holder}, listens on {Addresses}.")]
    private partial void LogStarted(string version, int worker, string holder, string addresses);

    [LoggerMessage(2, LogLevel.Information, "Worker ID {Worker} was told to stop: requests are finished, new ones sent away.")]
    private partial void LogStopping(int worker);

    [LoggerMessage(3, LogLevel.Information, "Worker ID {Worker} has stopped.")]
    private partial void LogStopped(int worker);
}
