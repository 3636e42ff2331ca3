namespace IdGenerator.Testing;

/// <summary>
/// Time that tests move by hand: the wall clock and the monotonic clock together (<see cref="Advance"/>) or the wall clock
/// alone (<see cref="StepWall"/>). Timers fire on the monotonic clock, inside the call that advances it.
/// Stands in for Microsoft.Extensions.TimeProvider.Testing, which not every package source holds and whose monotonic
/// clock cannot part from its wall clock.
/// </summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private long _monotonic;
    private long _wall;

    /// <param name="start">The wall clock.</param>
    /// <param name="monotonic">The monotonic clock: how long ago the host was booted; five minutes, if not given.</param>
    public FakeTimeProvider(DateTimeOffset start, TimeSpan? monotonic = null) =>
        (_wall, _monotonic) = (start.UtcTicks, (monotonic ?? TimeSpan.FromMinutes(5)).Ticks);

    public FakeTimeProvider() : this(new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>An odd frequency shows up code that takes timestamps for nanoseconds or ticks.</summary>
    public override long TimestampFrequency => 7_000_003;

    /// <summary>
    /// What waited for a timer without a synchronization context goes on inside the call that advances the clock, and is done when
    /// that returns. Not for code that waits there for another thread.
    /// </summary>
    public bool RunsInline { get; set; }

    /// <summary>Timers that are armed: code that waits for time is where a test expects it.</summary>
    public int ArmedTimers
    {
        get { lock (_lock) return _timers.Count; }
    }

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _wall), TimeSpan.Zero);

    // Rounded up, so that converting it back never loses a tick that a timer was due at.
    public override long GetTimestamp() =>
        (long)((Int128)Interlocked.Read(ref _monotonic) * TimestampFrequency / TimeSpan.TicksPerSecond) + 1;

    public void StepWall(TimeSpan by) => Interlocked.Add(ref _wall, by.Ticks);

    public void Advance(TimeSpan by)
    {
        var end = Interlocked.Read(ref _monotonic) + by.Ticks;
        while (true)
        {
            FakeTimer? due;
            lock (_lock)
            {
                due = _timers.Where(timer => timer.DueAt <= end).MinBy(timer => timer.DueAt);
                var now = due is null ? end : Math.Max(due.DueAt, _monotonic);
                Interlocked.Add(ref _wall, now - _monotonic);
                Interlocked.Exchange(ref _monotonic, now);
                if (due is not null) Rearm(due, due.Period);
            }

            if (due is null) return;
            due.Fire();
        }
    }

    /// <summary>As <see cref="Advance"/>, but timers fire only at the end, as late as on a busy machine.</summary>
    public void AdvanceBeforeTimers(TimeSpan by)
    {
        lock (_lock)
        {
            Interlocked.Add(ref _wall, by.Ticks);
            Interlocked.Add(ref _monotonic, by.Ticks);
        }

        Advance(TimeSpan.Zero);
    }

    public void AdvanceMilliseconds(long by) => Advance(TimeSpan.FromMilliseconds(by));

    /// <summary>Waits, in real time, until <paramref name="count"/> timers are armed, without moving the clock.</summary>
    public async Task UntilTimersAsync(int count = 1)
    {
        var deadline = Environment.TickCount64 + 30_000;
        while (ArmedTimers < count)
        {
            if (Environment.TickCount64 > deadline) throw new TimeoutException($"{ArmedTimers} of {count} timers are armed.");
            await Task.Yield();
        }
    }

    /// <summary>Lets time pass, 5 ms whenever so many timers are armed, until the task has ended.</summary>
    /// <returns>How many milliseconds that were.</returns>
    public async Task<int> MillisecondsUntilAsync(Task task, int timers = 1)
    {
        var deadline = Environment.TickCount64 + 30_000;
        for (var milliseconds = 0; ; milliseconds += 5)
        {
            while (!task.IsCompleted && ArmedTimers < timers)
            {
                if (Environment.TickCount64 > deadline) throw new TimeoutException($"{ArmedTimers} of {timers} timers are armed.");
                await Task.Yield();
            }

            if (task.IsCompleted)
            {
                await task;
                return milliseconds;
            }

            AdvanceMilliseconds(5);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private void Rearm(FakeTimer timer, TimeSpan due)
    {
        _timers.Remove(timer);
        if (due < TimeSpan.Zero) return;
        timer.DueAt = Interlocked.Read(ref _monotonic) + due.Ticks;
        _timers.Add(timer);
    }

    private sealed class FakeTimer(FakeTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        public long DueAt { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire()
        {
            if (!time.RunsInline)
            {
                callback(state);
                return;
            }

            var context = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                callback(state);
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(context);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                Period = period > TimeSpan.Zero ? period : Timeout.InfiniteTimeSpan;
                time.Rearm(this, dueTime);
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
