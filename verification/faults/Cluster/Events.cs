using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace IdGenerator.Faults;

/// <summary>What happened, for people: a file with a line each, and on the terminal if wished.</summary>
internal sealed class Events(string file, bool isVerbose) : IDisposable
{
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly StreamWriter _file = new(file) { AutoFlush = true };
    private readonly ConcurrentDictionary<int, int> _exits = new();
    private readonly Lock _lock = new();

    /// <summary>How processes ended: how many with which exit code.</summary>
    public IReadOnlyDictionary<int, int> Exits => _exits;

    /// <summary>The time of the load, in seconds; the log starts at 0 again.</summary>
    public double Seconds => _time.Elapsed.TotalSeconds;

    public void Restart() => _time.Restart();

    public void Add(string what)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{Seconds,7:0.00}  {what}");
        lock (_lock)
        {
            _file.WriteLine(line);
            if (isVerbose) Console.Error.WriteLine(line);
        }
    }

    public void HasEnded(int worker, int exitCode)
    {
        _exits.AddOrUpdate(exitCode, 1, (_, count) => count + 1);
        Add($"worker {worker}: a process ended with {exitCode}");
    }

    public void Dispose() => _file.Dispose();
}
