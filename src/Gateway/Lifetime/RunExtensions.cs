using IdGenerator.Gateway.Configuration;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Gateway.Lifetime;

public static class RunExtensions
{
    /// <summary>Runs until stopped.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunToExitCodeAsync(this WebApplication app, Settings settings)
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
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"PORT {settings.Port} is in use by another process; allowed is a free port.");
            return ExitCode.Configuration;
        }
    }
}
