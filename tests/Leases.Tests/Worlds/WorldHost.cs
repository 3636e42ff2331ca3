namespace IdGenerator.Leases.Tests.Worlds;

/// <summary>A host: its clocks, which all of its processes read, and the lock that its processes without a pod share.</summary>
internal sealed class WorldHost(string name, TimeSpan skew)
{
    private int _boots;
    private int _locks;

    public string BootId => $"{name}, boot {_boots}";

    public string Lock => $"{name}, lock {_locks}";

    public TimeSpan Monotonic { get; private set; } = TimeSpan.FromMinutes(1);

    public DateTimeOffset Wall { get; private set; } = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero) + skew;

    public long Suspended { get; private set; }

    public void Pass(TimeSpan time) => (Monotonic, Wall) = (Monotonic + time, Wall + time);

    public void Reboot(TimeSpan upFor) => (_boots, Monotonic, Suspended) = (_boots + 1, upFor, 0);

    public void Step(TimeSpan by) => Wall += by;

    public void Suspend(long milliseconds) => Suspended += milliseconds;

    public void RemoveLock() => _locks++;
}
