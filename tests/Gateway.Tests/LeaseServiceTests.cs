using IdGenerator.Http.Hosting;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Gateway.Tests;

public sealed class LeaseServiceTests : IDisposable
{
    private readonly SlowStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly IHost _host = new HostBuilder().Build();

    [Fact]
    public async Task Whoever_asks_for_a_stop_that_is_under_way_waits_until_the_worker_id_is_given_back()
    {
        using var service = await HoldingAsync();

        var first = service.StopAsync(default);
        await _store.Asked.Task;
        var second = service.StopAsync(default);
        Assert.False(second.IsCompleted);
        _store.Answers.SetResult();
        await second;

        Assert.True(first.IsCompletedSuccessfully);
        Assert.Null((await _store.ReadAsync(default))!.Record.Holder);
    }

    [Fact]
    public async Task A_store_that_fails_once_is_asked_again_to_take_the_worker_id_back()
    {
        using var service = await HoldingAsync();
        _store.Answers.SetException(new LeaseStoreException("503"));

        var stop = service.StopAsync(default);
        await _time.UntilTimersAsync(2); // The time for it, and the pause before the next attempt.
        Assert.False(stop.IsCompleted);
        _store.IsQuick = true;
        _time.AdvanceMilliseconds(500);
        await stop;

        Assert.Null((await _store.ReadAsync(default))!.Record.Holder);
    }

    [Fact]
    public async Task A_store_that_goes_on_failing_is_left_when_the_time_for_it_is_over()
    {
        using var service = await HoldingAsync();
        _store.Answers.SetException(new LeaseStoreException("503"));

        var stop = service.StopAsync(default);
        for (var half = 0; half < 10; half++)
        {
            await _time.UntilTimersAsync(2);
            Assert.False(stop.IsCompleted);
            _time.AdvanceMilliseconds(500);
        }

        await stop.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.NotNull((await _store.ReadAsync(default))!.Record.Holder);
    }

    [Fact]
    public async Task What_a_process_is_refused_while_it_stops_does_not_change_how_it_ends()
    {
        var exit = Exit();
        await _host.StartAsync();
        _host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await exit.RefuseAsync(new(RefusalReason.Store, "denied for a minute"));

        Assert.Equal(0, exit.Code);
    }

    public void Dispose() => _host.Dispose();

    private ProcessExit Exit() => new(
        _host.Services.GetRequiredService<IHostApplicationLifetime>(), _host.Services, NullLogger<ProcessExit>.Instance);

    private async Task<LeaseService> HoldingAsync()
    {
        var clock = new LogicalClock(_time, new() { MaxLead = 1_000 }, () => 0);
        var lease = new WorkerLease(
            7, new("pod", "uid"), "boot", _store, clock, new(clock, rollingStart: false), new(), _time, NullLogger<WorkerLease>.Instance);
        var service = new LeaseService(lease, new(7, "test"), Exit(), _host.Services.GetRequiredService<IHostApplicationLifetime>());
        await service.StartAsync(default);
        await lease.Held;
        return service;
    }

    /// <summary>It takes its time to write that a worker ID is given back.</summary>
    private sealed class SlowStore : ILeaseStore
    {
        private readonly MemoryLeaseStore _store = new();

        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Answers { get; } = new();

        /// <summary>It does not wait for <see cref="Answers"/> any more.</summary>
        public bool IsQuick { get; set; }

        public string? Lock => null;

        public Task<StoredLease?> ReadAsync(CancellationToken cancellation) => _store.ReadAsync(cancellation);

        public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
        {
            if (!IsQuick && record is { Holder: null, Generation: > 0 })
            {
                Asked.TrySetResult();
                await Answers.Task;
            }

            return await _store.WriteAsync(record, expectedVersion, cancellation);
        }
    }
}
