using System.Diagnostics;

namespace IdGenerator.ApiServer;

internal static class Kubectl
{
    public static async Task<string> RunAsync(string kubeConfig, string[] arguments)
    {
        var start = new ProcessStartInfo(Assets.Program("kubectl"), [$"--kubeconfig={kubeConfig}", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)}: {await errors}");
    }
}
