using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// When the worker ID has been given back, sees whether this is the last pod of a release that was uninstalled. It is registered before
/// <see cref="LeaseService"/>, and hosted services stop in reverse order.
/// </summary>
internal sealed partial class LastPodService(ChartRights rights, TimeProvider time, ILogger<LastPodService> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(StopBudget.Rights, time);
        try
        {
            if (await rights.RemoveIfLastAsync(timeout.Token)) LogRemoved();
        }
        catch (Exception e) when (e is KubernetesApiException or OperationCanceledException)
        {
            LogNotLooked(e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information,
        "The release was uninstalled and this was its last pod: its service account and Role are removed.")]
    private partial void LogRemoved();

    [LoggerMessage(2, LogLevel.Debug, "Whether this was the last pod of the release is not known: {Problem}.")]
    private partial void LogNotLooked(string problem);
}
