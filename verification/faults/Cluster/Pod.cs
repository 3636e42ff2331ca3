using System.Diagnostics;
using IdGenerator.Testing;

namespace IdGenerator.Faults;

/// <summary>A pod with one container, whose process is started again, under the same UID, for as long as it is wanted.</summary>
internal sealed class Pod(Worker worker, Place place, Events events)
{
    private static int _starts;

    private readonly Lock _lock = new();
    private readonly string _uid = $"{Guid.NewGuid()}";
    private Process? _process;
    private string _log = "";
    private bool _isWanted;
    private bool _isPaused;

    public Place Place => place;

    /// <summary>Its container is started again when it ends. False once the pod is deleted.</summary>
    public bool IsWanted
    {
        get { lock (_lock) return _isWanted; }
        set { lock (_lock) _isWanted = value; }
    }

    public bool IsRunning
    {
        get { lock (_lock) return _process is { HasExited: false }; }
    }

    /// <summary>Its process runs, and is not stopped by a signal.</summary>
    public bool IsUp
    {
        get { lock (_lock) return !_isPaused && _process is { HasExited: false }; }
    }

    /// <summary>Of the process that has ended; else null.</summary>
    public int? ExitCode
    {
        get { lock (_lock) return _process is { HasExited: true } ended ? ended.ExitCode : null; }
    }

    /// <summary>What the present process has logged.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    public Pod Start(params (string Name, string Value)[] more)
    {
        lock (_lock)
        {
            if (_process is not null) events.HasEnded(worker.Number, _process.ExitCode);
            _log = Path.Combine(worker.Directory, $"{place.Name}-{Interlocked.Increment(ref _starts):000}.log");
            // The shell becomes the program, with its process ID.
            var command = new List<string>
            {
                "-c", "[ -z \"$0\" ] || echo 0 >\"$0\"; log=$1; shift; exec \"$@\" >\"$log\" 2>&1", place.Memory?.Members ?? "", _log,
                "nsenter", $"--net=/run/netns/{place.Name}", "env",
            };
            command.AddRange(worker.Variables(place, _uid).Concat(place.Clock.Variables).Concat(more)
                .Select(variable => $"{variable.Item1}={variable.Item2}"));
            command.AddRange(Programs.Command(worker.Program));
            _process?.Dispose();
            _process = Process.Start(new ProcessStartInfo("sh", command) { WorkingDirectory = worker.Directory })!;
            _isPaused = false;
            place.IsOccupied = true;
        }

        return this;
    }

    public void StartAgainIfWanted()
    {
        lock (_lock)
        {
            if (!_isWanted || _process is not { HasExited: true }) return;
            // A start follows its wall clock however wrong it is; minutes ahead would end the worker for minutes.
            if (place.Clock.Offset > 10) place.Clock.Set(0);
            Start();
        }
    }

    public void Send(Signal signal)
    {
        lock (_lock)
        {
            if (_process is not { HasExited: false }) return;
            if (signal is Signal.Stop or Signal.Continue) _isPaused = signal == Signal.Stop;
            Signals.Send(_process.Id, signal);
        }
    }

    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await Wait.ForAsync(() => !IsRunning, 10);
    }

    /// <summary>The pod is gone for good, and its process with it.</summary>
    public async Task DeleteAsync()
    {
        IsWanted = false;
        await KillAsync();
        place.IsOccupied = false;
        events.HasEnded(worker.Number, ExitCode!.Value);
    }
}
