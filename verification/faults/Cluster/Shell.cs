using System.Diagnostics;

namespace IdGenerator.Faults;

internal static class Shell
{
    /// <exception cref="HarnessException">The program failed.</exception>
    public static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new HarnessException($"{program} {string.Join(' ', arguments)}: {errors.Result.Trim()}");
    }
}
