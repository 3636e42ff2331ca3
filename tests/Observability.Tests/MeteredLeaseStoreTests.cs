using System.Diagnostics.Metrics;
using IdGenerator.Http.Observability;
using IdGenerator.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace IdGenerator.Observability.Tests;

public sealed class MeteredLeaseStoreTests : IDisposable
{
    private static readonly LeaseRecord Record = new()
    {
        Holder = new("test", "uid"),
        Generation = 1,
        ReservedUntil = 1,
        Layout = "",
        AcquiredAt = default,
        RenewedAt = default,
        DurationSeconds = 1,
    };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _counters = [];
    private readonly List<string> _timed = [];

    public MeteredLeaseStoreTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _counters[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) => _timed.Add((string)tags[0].Value!));
        _listener.Start();
    }

    [Fact]
    public async Task A_write_that_came_second_is_a_lost_swap()
    {
        var store = Meter(new MemoryLeaseStore());

        Assert.NotNull(await store.WriteAsync(Record, null, default));
        Assert.Null(await store.WriteAsync(Record, null, default));
        Assert.Null(await store.WriteAsync(Record, null, default));

        Assert.Equal(2, Observe("id_generator.lease.lost_swaps"));
        Assert.Equal(0, Observe("id_generator.lease.store.errors"));
        Assert.Equal(["write", "write", "write"], _timed);
    }

    [Fact]
    public async Task A_call_that_failed_is_an_error_and_still_timed()
    {
        var store = Meter(new BrokenStore());

        await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
        await Assert.ThrowsAsync<LeaseStoreException>(() => store.WriteAsync(Record, null, default));

        Assert.Equal(2, Observe("id_generator.lease.store.errors"));
        Assert.Equal(0, Observe("id_generator.lease.lost_swaps"));
        Assert.Equal(["read", "write"], _timed);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private MeteredLeaseStore Meter(ILeaseStore store) =>
        new(store, _services.GetRequiredService<IMeterFactory>(), TimeProvider.System);

    private long Observe(string counter)
    {
        _listener.RecordObservableInstruments();
        return _counters[counter];
    }

    private sealed class BrokenStore : ILeaseStore
    {
        public string? Lock => null;

        public Task<StoredLease?> ReadAsync(CancellationToken cancellation) =>
            Task.FromException<StoredLease?>(new LeaseStoreException("no answer"));

        public Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation) =>
            Task.FromException<StoredLease?>(new LeaseStoreException("no answer"));
    }
}
