using System.Net.Sockets;
using IdGenerator.Http.Api;
using IdGenerator.Http.Configuration;

namespace IdGenerator.Http.Hosting;

public static class RunExtensions
{
    /// <summary>Runs until stopped.</summary>
    /// <param name="app">The service.</param>
    /// <param name="ports">The ports that it listens on.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunToExitCodeAsync(this WebApplication app, IReadOnlyList<ListenPort> ports)
    {
        var exit = app.Services.GetRequiredService<ProcessExit>();
        await using var disposal = app;
        try
        {
            if (await app.StartUnlessStoppedOrFailedAsync()) await app.WaitForShutdownAsync();
            else await app.StopWhatHasStartedAsync();
            return exit.Code;
        }
        catch (Exception e) when (e.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
        {
            // Another process took the port after it was checked. What this one has opened is closed by now, so the check
            // finds the port that is still taken.
            if (ListenCheck.Passes(ports, Console.Error)) await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.Configuration;
        }
    }

    /// <summary>
    /// The same. A silo serves while it waits for others, and its start fails where that takes minutes: requests are finished then, and the worker
    /// ID is given back, before the process ends for it.
    /// </summary>
    private static async Task<bool> StartUnlessStoppedOrFailedAsync(this WebApplication app)
    {
        try
        {
            return await app.StartUnlessStoppedAsync();
        }
        catch (Exception) when (app.Services.GetRequiredService<Health>().WasReady)
        {
            await app.StopWhatHasStartedAsync();
            throw;
        }
    }

    /// <summary>Starts, unless a signal to stop comes first.</summary>
    /// <returns>False where the signal came first: some services have started then, and some have not.</returns>
    private static async Task<bool> StartUnlessStoppedAsync(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        using var isGivenUp = new CancellationTokenSource();
        using var signal = stopping.Register(() => isGivenUp.CancelAfter(StopBudget.Start));
        try
        {
            await app.StartAsync().WaitAsync(isGivenUp.Token);
            return true;
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // Each service has an exception of its own for a start that was cancelled.
            return false;
        }
    }

    /// <summary>
    /// The host stops nothing by itself when its start was cancelled, and a worker ID that was taken during the start would stay with
    /// the process until its reservation ends.
    /// </summary>
    private static async Task StopWhatHasStartedAsync(this WebApplication app)
    {
        try
        {
            await app.StopAsync();
        }
        catch (Exception)
        {
            // Orleans refuses to stop a silo that has not joined yet. The host has stopped all other services.
        }
    }
}
