using System.Diagnostics.Metrics;
using IdGenerator.Http.Observability;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Observability.Tests;

public sealed class WorkerMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, double> _observed = [];
    private readonly FakeTimeProvider _time = new();
    private readonly LogicalClock _clock;
    private readonly SlotGenerator _generator;
    private readonly WorkerLease _lease;

    public WorkerMetricsTests()
    {
        var options = new LeaseOptions();
        _clock = new(_time, new());
        _generator = new(_clock);
        _lease = new(
            9, new("test", "uid"), "boot", new MemoryLeaseStore(), _clock, _generator, options, _time, NullLogger<WorkerLease>.Instance);
        var meters = _services.GetRequiredService<IMeterFactory>();
        var source = new WorkerIdSource(_lease, _generator, _clock, _time);
        new WorkerMetrics(meters, _generator, _clock, _lease, options, source, source).Register();

        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _observed[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _observed[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _observed[instrument.Name] = value);
        _listener.Start();
    }

    [Fact]
    public void Before_the_worker_ID_is_held_there_is_no_capacity_and_no_lead()
    {
        Assert.Equal(0, Observe("lease.held"));
        Assert.Equal(0, Observe("lease.headroom"));
        Assert.Equal(0, Observe("capacity_ids_per_second"));
        Assert.Equal(0, Observe("current_sequence"));
        Assert.Equal(0, Observe("clock.lead"));
        Assert.Equal(0, Observe("clock.refused_step"));
    }

    [Fact]
    public async Task While_it_is_held_headroom_falls_with_time()
    {
        await _lease.AcquireAsync(default);
        Assert.Equal(60, Observe("lease.headroom"));

        _time.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(40, Observe("lease.headroom"));
        Assert.Equal(60, Observe("lease.reserve"));
        Assert.Equal(1, Observe("lease.held"));
        Assert.Equal(4_096_000, Observe("capacity_ids_per_second"));
    }

    [Fact]
    public async Task The_current_sequence_is_that_of_the_ID_issued_last()
    {
        await _lease.AcquireAsync(default);
        _generator.TryReserve(5, since: null, out var slots);

        Assert.Equal((slots.End - 1) & Layout.MaxSequence, Observe("current_sequence"));
        Assert.Equal(5, Observe("ids.generated"));
    }

    [Fact]
    public async Task After_release_the_counters_stay_and_the_gauges_are_zero()
    {
        await _lease.AcquireAsync(default);
        _generator.TryReserve(5, since: null, out _);
        await _lease.ReleaseAsync(default);

        Assert.Equal(5, Observe("ids.generated"));
        Assert.Equal(0, Observe("current_sequence"));
        Assert.Equal(0, Observe("capacity_ids_per_second"));
        Assert.Equal(0, Observe("lease.headroom"));
        Assert.Equal(0, Observe("lease.held"));
    }

    [Fact]
    public async Task A_wall_clock_that_is_set_back_is_led()
    {
        await _lease.AcquireAsync(default);
        _time.StepWall(TimeSpan.FromMilliseconds(-510));

        // Logical time stays within 10 ms of its line.
        Assert.Equal(0.5, Observe("clock.lead"), 0.011);
    }

    [Fact]
    public async Task A_wall_clock_that_jumps_past_what_is_followed_is_a_refused_step()
    {
        await _lease.AcquireAsync(default);
        _time.StepWall(TimeSpan.FromSeconds(100));

        Assert.Equal(40, Observe("clock.refused_step"));
        Assert.Equal(-100, Observe("clock.lead"), 0.011);
    }

    [Fact]
    public async Task Steps_are_counted_by_renewals_once_each()
    {
        await _lease.AcquireAsync(default);
        using var stop = new CancellationTokenSource();
        var holding = _lease.HoldAsync(stop.Token);
        foreach (var milliseconds in (int[])[0, -20, 5, 2_000])
        {
            await _time.UntilTimersAsync();
            _time.StepWall(TimeSpan.FromMilliseconds(milliseconds));
            _time.Advance(TimeSpan.FromSeconds(15));
        }

        await _time.UntilTimersAsync();
        Assert.Equal(2, Observe("clock.steps"));
        await stop.CancelAsync();
        await holding;
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private double Observe(string name)
    {
        _listener.RecordObservableInstruments();
        return _observed["id_generator." + name];
    }
}
