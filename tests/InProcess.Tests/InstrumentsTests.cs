using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using IdGenerator.Leases.Tests;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdGenerator.InProcess.Tests;

/// <summary>What operators see of a generator in a process: metrics and a health check.</summary>
public sealed class InstrumentsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task Ids_and_the_state_of_the_lease_are_metrics()
    {
        await using var service = await NewService().StartAsync();
        _time.AdvanceMilliseconds(1);
        await service.Ids.NextAsync();
        await service.Ids.NextAsync(99);

        var held = Read(service);
        await service.StopAsync();
        var over = Read(service);

        Assert.Equal(100, held["id_generator.in_process.ids"]);
        Assert.Equal(7, held["id_generator.in_process.worker_id"]);
        Assert.Equal(1, held["id_generator.in_process.lease.held"]);
        Assert.InRange(held["id_generator.in_process.lease.headroom"], 59, 60);
        Assert.Equal((0, 0), (held["id_generator.in_process.sequence.exhausted"], held["id_generator.in_process.waits"]));
        Assert.Equal(0, over["id_generator.in_process.lease.held"]);
        Assert.Equal(0, over["id_generator.in_process.lease.headroom"]);
    }

    [Fact]
    public async Task It_is_healthy_with_ids_degraded_while_the_lease_is_not_renewed_and_unhealthy_without_ids()
    {
        await using var service = NewService();
        Assert.Equal((HealthStatus.Unhealthy, "This process has no worker ID: the host that takes it has not been started."), await CheckAsync(service));

        await service.StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(service)).Status);
        Assert.Equal(0, Read(service)["id_generator.in_process.ids"]);

        _store.IsDown = true;
        await PassAsync(seconds: 29);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(service)).Status);
        await PassAsync(seconds: 11);
        Assert.Equal((HealthStatus.Degraded, "The lease is not renewed: there are IDs for 20 s more."), await CheckAsync(service));
        await PassAsync(seconds: 21);
        Assert.Equal((HealthStatus.Unhealthy, "The lease store does not answer, and all reserved timestamps are used."), await CheckAsync(service));

        _store.IsDown = false;
        await PassAsync(seconds: 6);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(service)).Status);

        await service.StopAsync();
        Assert.Equal((HealthStatus.Unhealthy, "Shutting down."), await CheckAsync(service));
    }

    private Service NewService() => Service.Over(_store, _time, services => services.AddHealthChecks().AddIdGenerator());

    private static async Task<(HealthStatus Status, string? Description)> CheckAsync(Service service)
    {
        var report = await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        var entry = report.Entries["id-generator-in-process"];
        return (entry.Status, entry.Description);
    }

    private static ConcurrentDictionary<string, double> Read(Service service)
    {
        var meters = service.Services.GetRequiredService<IMeterFactory>();
        var values = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters && instrument.Meter.Name == InProcessInstruments.Name) listener.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => values[instrument.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return values;
    }

    private async Task PassAsync(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(1_000);
        }
    }
}
