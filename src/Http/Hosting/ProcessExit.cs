using IdGenerator.Http.Api;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;

namespace IdGenerator.Http.Hosting;

/// <summary>Ends the process for a reason that its operator must hear: a line on standard error, an event on
/// the pod where there is one, and an exit code.</summary>
public sealed partial class ProcessExit(
    IHostApplicationLifetime lifetime, IServiceProvider services, ILogger<ProcessExit> logger)
{
    private int _code = ExitCode.Success;

    public int Code => Volatile.Read(ref _code);

    public async Task RefuseAsync(LeaseRefusal refusal)
    {
        // A process that is stopping ends as it was told to: what it was refused concerns its successor.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogRefusedInStop(refusal.Message);
            return;
        }

        Volatile.Write(ref _code, CodeOf(refusal));
        LogRefused(CodeOf(refusal), refusal.Message);
        await Console.Error.WriteLineAsync(refusal.Message);
        if (refusal.Reason == RefusalReason.Conflict && services.GetService<PodEvents>() is { } events)
            await events.WarnAsync(PodEvents.WorkerIdConflict, refusal.Message, CancellationToken.None);

        // A host that starts may be waiting for this very lease. Unless it has served already, there is nothing to stop yet but the log.
        if (!lifetime.ApplicationStarted.IsCancellationRequested && services.GetService<Health>() is not { WasReady: true })
        {
            services.GetRequiredService<ILoggerFactory>().Dispose();
            Environment.Exit(Code);
        }

        lifetime.StopApplication();
    }

    /// <summary>Ends the process for a bug: without its lease service it would be neither alive nor dead.</summary>
    public void Fail(Exception bug)
    {
        Volatile.Write(ref _code, ExitCode.Bug);
        LogFailed(bug);
        lifetime.StopApplication();
    }

    /// <summary>Says how a process ends whose start has failed, which the host has logged.</summary>
    public void FailStart(int code) => Interlocked.CompareExchange(ref _code, code, ExitCode.Success);

    /// <summary>
    /// Ends the process while its host stops, because what is left of the stop would not succeed. The worker ID is given back, if
    /// that is still possible.
    /// </summary>
    /// <param name="reason">A sentence for the log.</param>
    public async Task CutStopShortAsync(string reason)
    {
        LogCutShort(reason);
        await EndAsync();
    }

    /// <summary>
    /// Ends the process at once, for a reason after which nothing of it works any more. The worker ID is given back, if that is still possible. A process
    /// that is stopping ends as it was told to.
    /// </summary>
    public async Task EndAsync(int code, string reason)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            await CutStopShortAsync(reason);
            return;
        }

        Volatile.Write(ref _code, code);
        LogRefused(code, reason);
        await Console.Error.WriteLineAsync(reason.ReplaceLineEndings(" "));
        await EndAsync();
    }

    private async Task EndAsync()
    {
        await services.GetRequiredService<LeaseService>().StopAsync(CancellationToken.None);
        services.GetRequiredService<ILoggerFactory>().Dispose();
        Environment.Exit(Code);
    }

    public static int CodeOf(LeaseRefusal refusal) => refusal.Reason switch
    {
        RefusalReason.Conflict => ExitCode.Conflict,
        RefusalReason.Layout or RefusalReason.Elsewhere => ExitCode.Configuration,
        _ => ExitCode.Store,
    };

    [LoggerMessage(2, LogLevel.Critical, "The lease of the worker ID is no longer looked after: this is a bug. Ending.")]
    private partial void LogFailed(Exception bug);

    [LoggerMessage(3, LogLevel.Warning, "The rest of the stop is left out. {Reason}")]
    private partial void LogCutShort(string reason);

    [LoggerMessage(4, LogLevel.Warning, "Seen while stopping: {Reason}")]
    private partial void LogRefusedInStop(string reason);

    [LoggerMessage(1, LogLevel.Critical, "Ending with exit code {ExitCode}: {Reason}")]
    private partial void LogRefused(int exitCode, string reason);
}
