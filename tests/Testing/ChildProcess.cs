using System.Collections.Concurrent;
using System.Diagnostics;

namespace IdGenerator.Testing;

/// <summary>
/// A program that runs until disposed, or at the latest until the process that started it ends. Its last lines are kept, for the
/// message of a failure. The programs of this repository have <see cref="ServiceProcess"/>.
/// </summary>
public sealed class ChildProcess : IDisposable
{
    private const int MostLines = 1_000;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    public ChildProcess(string program, IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _lines);

    /// <summary>Runs a program to its end, which may be a bad one.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">As it gets them; no shell reads them.</param>
    /// <param name="input">What it can read.</param>
    /// <param name="variables">Of its environment, beside those of this process.</param>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program, IEnumerable<string> arguments, byte[]? input = null, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read everything: the exit code says why.
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>The same, and what it wrote.</summary>
    /// <exception cref="InvalidOperationException">It ended badly. The message has what it wrote to its standard error.</exception>
    public static async Task<string> OutputOfAsync(string program, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(program, arguments);
        return exitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code {exitCode}. {errors.Trim()}");
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void OnExit(object? sender, EventArgs e) => _process.Kill();

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is null) return;
        _lines.Enqueue(e.Data);
        if (_lines.Count > MostLines) _lines.TryDequeue(out _);
    }
}
