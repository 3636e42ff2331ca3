using System.Net.Sockets;
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
        try
        {
            await app.RunAsync();
            return exit.Code;
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop while it started.
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
}
