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
        bool hasStarted;
        try
        {
            hasStarted = await app.StartUnlessStoppedAsync();
        }
        catch (Exception e)
        {
            await app.EndFailedStartAsync(exit, e, ports);
            return exit.Code;
        }

        if (hasStarted) await app.WaitForShutdownAsync();
        else await app.StopWhatHasStartedAsync();
        return exit.Code;
    }

    /// <summary>
    /// A part of the service could not start, and others have: HTTP may be served, and the worker ID be held. Requests are finished and the
    /// worker ID is given back, so that the next start need not wait for its reservation to end.
    /// </summary>
    private static async Task EndFailedStartAsync(this WebApplication app, ProcessExit exit, Exception reason, IReadOnlyList<ListenPort> ports)
    {
        var portIsTaken = reason.GetBaseException() is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };
        exit.FailStart(portIsTaken ? ExitCode.Configuration : ExitCode.Bug);
        // The host itself says that it stops only after the drain, and somebody may have seen this process ready: it is not from here on.
        app.Lifetime.StopApplication();
        await app.StopWhatHasStartedAsync();
        await app.DisposeAsync();
        // Another process took the port after it was checked. What this one had opened is closed by now, so the check finds the port that is
        // still taken.
        if (portIsTaken && !ListenCheck.Passes(ports, Console.Error)) return;
        await Console.Error.WriteLineAsync($"The start failed: {reason.GetBaseException().Message.ReplaceLineEndings(" ")}");
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
        // Nobody would answer those who wait there.
        app.Services.GetService<EarlySockets>()?.Dispose();
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
