using IdGenerator.Http.Answers;
using IdGenerator.Http.Api;
using IdGenerator.Http.Configuration;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;

namespace IdGenerator.Http.Hosting;

/// <summary>
/// <c>WORKER_ID=auto</c>: the process takes its worker ID before it is anything else, because its lease, its silo and its metrics are named after
/// it. Meanwhile it is alive and not ready: a small server answers so at the port of the HTTP API, and ends before the service begins.
/// </summary>
public static class AutoWorker
{
    /// <returns>
    /// The settings, with a worker ID; null where there is none. Then the exit code says why: that of a refusal, or 0 where the process was told
    /// to stop while it waited.
    /// </returns>
    public static async Task<(Settings? Settings, int ExitCode)> TakeAsync(Settings settings, TextWriter errors)
    {
        if (settings.WorkerIds is not { } range) return (settings, ExitCode.Success);

        EarlyStop.Listen();
        await using var room = Open(settings);
        await using var stores = new SharedStores(settings, room.Services.GetRequiredService<ILogger<KubernetesClient>>());
        var claim = new WorkerClaim(
            range, settings.Holder, stores.Open, settings.Lease, TimeProvider.System, room.Services.GetRequiredService<ILogger<WorkerClaim>>());
        try
        {
            await room.StartAsync(EarlyStop.Token);
            var (worker, refusal) = await claim.TakeAsync(EarlyStop.Token);
            if (worker is { } taken) return (settings with { Identity = new(taken, Source(range)) { IsClaimed = true } }, ExitCode.Success);
            await errors.WriteLineAsync(refusal!.Message);
            return (null, ProcessExit.CodeOf(refusal));
        }
        catch (OperationCanceledException) when (EarlyStop.Token.IsCancellationRequested || room.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // The room hears of a signal by itself, and may hear of it first.
            return (null, ExitCode.Success);
        }
        finally
        {
            await room.StopAsync();
        }
    }

    private static string Source(WorkerRange range) => $"WORKER_ID=auto, the lowest of {range} that was free";

    private static WebApplication Open(Settings settings)
    {
        var builder = WebApplication.CreateSlimBuilder([Settings.AreReadOnce]);
        builder.Logging.AddLogs(settings);
        // Nobody gets more than a line from it, so nobody is waited for: the service itself has to open the port.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            foreach (var address in settings.Addresses) kestrel.Listen(address, settings.Port);
        });
        var room = builder.Build();
        room.Run(AnswerAsync);
        return room;
    }

    private static Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/health/live") return HealthEndpoints.LiveAsync(context);
        // Else a client would come back on this connection, which ends with the room.
        context.Response.Headers.Connection = "close";
        return context.Response.WriteUnavailableAsync(new("No worker ID is free yet", TimeSpan.FromSeconds(1)));
    }
}
