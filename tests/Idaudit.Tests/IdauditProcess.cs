using System.Diagnostics;

namespace IdGenerator.Idaudit.Tests;

/// <summary>The tool as its users run it.</summary>
internal static class IdauditProcess
{
    public static (int ExitCode, string Output, string Error) Run(byte[] input, string[] arguments, string? heapLimit = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "idaudit"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (heapLimit is not null) start.Environment["DOTNET_GCHeapHardLimit"] = heapLimit;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read everything: the exit code says why.
        }

        process.WaitForExit();
        return (process.ExitCode, output.Result, error.Result);
    }
}
