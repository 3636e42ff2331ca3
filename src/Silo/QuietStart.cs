namespace IdGenerator.Silo;

/// <summary>
/// Keeps back warnings of Orleans' watchdog until the silo has started. The watchdog's first thread looks at a time stamp that the
/// second one has not set yet (Orleans 10.4.2, Watchdog.Start): where the first is faster, it warns that the second has not run since
/// the machine was booted.
/// </summary>
internal sealed class QuietStart : IHostedLifecycleService
{
    public const string Watchdog = "Orleans.Runtime.Watchdog";

    private volatile bool _hasStarted;

    /// <summary>Whether a line of the watchdog is for the log.</summary>
    public bool Passes(LogLevel level) => level >= (_hasStarted ? LogLevel.Warning : LogLevel.Error);

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _hasStarted = true;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
