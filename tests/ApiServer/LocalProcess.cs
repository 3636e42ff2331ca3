using System.Collections.Concurrent;
using System.Diagnostics;

namespace IdGenerator.ApiServer;

/// <summary>A program that a test started: killed on dispose, or at the latest when the test process ends.</summary>
internal sealed class LocalProcess : IDisposable
{
    private const int LinesKept = 40;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    public LocalProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        _process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>The last lines it wrote, for the message of a failure.</summary>
    public string Output => string.Join('\n', _output);

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
        _output.Enqueue(e.Data);
        if (_output.Count > LinesKept) _output.TryDequeue(out _);
    }
}
