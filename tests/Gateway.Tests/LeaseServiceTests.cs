using IdGenerator.Http.Hosting;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Gateway.Tests;

public sealed class LeaseServiceTests
{
    [Fact]
    public async Task Whoever_asks_for_a_stop_that_is_under_way_waits_until_the_worker_id_is_given_back()
    {
        var store = new SlowStore();
        using var host = new HostBuilder().Build();
        var time = new FakeTimeProvider();
        var clock = new LogicalClock(time, new() { MaxLead = 1_000 }, () => 0);
        var lease = new WorkerLease(
            7, new("pod", "uid"), "boot", store, clock, new(clock, rollingStart: false), new(), time, NullLogger<WorkerLease>.Instance);
        var exit = new ProcessExit(
            host.Services.GetRequiredService<IHostApplicationLifetime>(), host.Services, NullLogger<ProcessExit>.Instance);
        using var service = new LeaseService(lease, exit, time);
        await service.StartAsync(default);
        await lease.Held;

        var first = service.StopAsync(default);
        await store.Asked.Task;
        var second = service.StopAsync(default);
        Assert.False(second.IsCompleted);
        store.Answers.SetResult();
        await second;

        Assert.True(first.IsCompletedSuccessfully);
        Assert.Null((await store.ReadAsync(default))!.Record.Holder);
    }

    /// <summary>It takes its time to write that a worker ID is given back.</summary>
    private sealed class SlowStore : ILeaseStore
    {
        private readonly MemoryLeaseStore _store = new();

        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Answers { get; } = new();

        public string? Lock => null;

        public Task<StoredLease?> ReadAsync(CancellationToken cancellation) => _store.ReadAsync(cancellation);

        public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
        {
            if (record is { Holder: null, Generation: > 0 })
            {
                Asked.SetResult();
                await Answers.Task;
            }

            return await _store.WriteAsync(record, expectedVersion, cancellation);
        }
    }
}
