using System.Diagnostics.CodeAnalysis;

namespace IdGenerator.Leases;

/// <summary>
/// Calls back when a millisecond begins. Timers of .NET know whole milliseconds and come up to one late, which costs requests
/// that wait for the next millisecond's IDs a sixth of them (docs/performance.md). So where time is the machine's own, a
/// thread sleeps until the millisecond begins, which the kernel does to 50 microseconds.
/// </summary>
/// <param name="time">Whose milliseconds.</param>
/// <param name="onMillisecond">Whether to call again when the next one begins.</param>
[SuppressMessage("Design", "CA1001", Justification = "Its thread ends by itself, and its timer is armed only while somebody waits.")]
internal sealed class MillisecondTimer(TimeProvider time, Func<bool> onMillisecond)
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>A thread that nobody has needed for so long ends: 10 seconds.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private bool _isWanted;
    private Thread? _thread;
    private ITimer? _timer;

    /// <summary>To be called while it does not run, by one at a time.</summary>
    public void Start()
    {
        if (time == TimeProvider.System && OperatingSystem.IsLinux()) StartThread();
        else StartTimer();
    }

    private void StartThread()
    {
        lock (_lock)
        {
            _isWanted = true;
            Monitor.Pulse(_lock);
            if (_thread is not null) return;
            _thread = new(Run) { IsBackground = true, Name = "Millisecond" };
            _thread.UnsafeStart();
        }
    }

    private void Run()
    {
        while (true)
        {
            lock (_lock)
            {
                while (!_isWanted)
                {
                    if (Monitor.Wait(_lock, Idle) || _isWanted) continue;
                    _thread = null;
                    return;
                }

                _isWanted = false;
            }

            do Posix.Sleep(OneMillisecond - TimeSpan.FromTicks(time.GetUtcNow().Ticks % TimeSpan.TicksPerMillisecond));
            while (onMillisecond());
        }
    }

    private void StartTimer()
    {
        _timer ??= time.CreateTimer(
            _ =>
            {
                if (onMillisecond()) StartTimer();
            },
            state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(OneMillisecond, Timeout.InfiniteTimeSpan);
    }
}
