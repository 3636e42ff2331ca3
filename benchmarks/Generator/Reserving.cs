using BenchmarkDotNet.Attributes;
using IdGenerator.Snowflake;

namespace IdGenerator.Benchmarks;

/// <summary>
/// The generator on the clocks of this machine. Reserving is measured over many milliseconds that are long past, so that it
/// never has to wait: the format allows no more than 4,096 IDs a millisecond.
/// </summary>
public class Reserving
{
    private readonly LogicalClock _clock = new(TimeProvider.System, new());
    private SlotGenerator _generator = null!;

    [GlobalSetup]
    public void Start()
    {
        _generator = new(_clock);
        _generator.Adopt(_clock.Start(0));
        // From the epoch on: years of free slots.
        _generator.Admit(0, Layout.MaxTimestamp);
    }

    [Benchmark]
    public ClockReading ReadClock() => _clock.Read();

    [Benchmark]
    public ReserveStatus ReserveOne() => _generator.TryReserve(1, since: 0, out _);

    [Benchmark]
    public ReserveStatus Reserve4096() => _generator.TryReserve(4_096, since: 0, out _);
}
