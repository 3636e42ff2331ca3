using System.Collections.Concurrent;
using IdGenerator.Leases;
using IdGenerator.Leases.Tests;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IdGenerator.InProcess.Tests;

/// <summary>The life of the worker ID in a host: taken, renewed, lost, given back.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task Services_that_were_registered_before_it_have_ids_when_they_start_and_until_they_have_stopped()
    {
        var user = new User();
        await using var service = Service.Over(_store, _time, services => services.AddHostedService(provider => user.With(provider)));

        await service.StartAsync();
        await service.StopAsync();

        Assert.Equal(2, user.Taken.Distinct().Count());
        Assert.Null(_store.Record.Holder);
    }

    [Fact]
    public async Task The_lease_is_renewed_for_as_long_as_the_host_runs()
    {
        await using var service = await Service.Over(_store, _time).StartAsync();
        for (var second = 0; second < 300; second++)
        {
            await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(1_000);
        }

        Assert.True(service.Ids.TryNext(out _));
        Assert.InRange(_store.Writes, 20, 24); // One each 15 s, and those that take it.
    }

    [Fact]
    public async Task A_worker_id_that_was_lost_gives_no_ids_any_more_and_the_host_is_told_to_stop()
    {
        await using var service = await Service.Over(_store, _time).StartAsync();
        _store.Edit(record => record with { Holder = new("other", "uid-other"), Generation = record.Generation + 1 });
        await _time.UntilTimersAsync();
        _time.Advance(TimeSpan.FromSeconds(15));
        await StoppingAsync(service);

        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await service.Ids.NextAsync());

        Assert.StartsWith("Worker ID 7 was taken over by other", error.Message, StringComparison.Ordinal);
        Assert.False(service.Ids.TryNext(out _));
        Assert.NotNull(error.RetryAfter);
    }

    [Fact]
    public async Task A_store_that_is_away_for_longer_than_is_reserved_ends_ids_until_it_is_back()
    {
        await using var service = await Service.Over(_store, _time).StartAsync();
        _store.IsDown = true;
        for (var second = 0; second < 59; second++) await PassAsync();
        Assert.True(service.Ids.TryNext(out _));
        for (var second = 0; second < 3; second++) await PassAsync();

        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await service.Ids.NextAsync());
        Assert.Equal(TimeSpan.FromSeconds(1), error.RetryAfter);
        Assert.Equal(new(7, "The lease store does not answer, and all reserved timestamps are used"), Assert.Single(error.Workers));

        _store.IsDown = false;
        for (var second = 0; second < 6; second++) await PassAsync();
        Assert.True(service.Ids.TryNext(out _));
        Assert.False(service.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_host_whose_store_does_not_answer_starts_when_it_has_waited_and_has_ids_later()
    {
        _store.IsDown = true;
        await using var service = Service.Over(_store, _time);
        var start = service.StartAsync();
        await _time.UntilTimersAsync(2); // The wait, and the next attempt.
        for (var second = 0; second < 19; second++) await PassAsync();
        Assert.False(start.IsCompleted);
        await PassAsync();
        await PassAsync();
        await start.WaitAsync(Soon);
        await Assert.ThrowsAsync<IdsUnavailableException>(async () => await service.Ids.NextAsync());

        _store.IsDown = false;
        for (var second = 0; second < 6; second++) await PassAsync();

        await EventuallyAsync(() => service.Ids.TryNext(out _));
    }

    [Fact]
    public async Task A_worker_id_that_another_process_keeps_renewing_fails_the_start()
    {
        await using var holder = await Service.Over(_store, _time).StartAsync();
        await using var second = Service.Over(_store, _time);
        var start = second.StartAsync();
        await _time.UntilTimersAsync(3); // The holder's renewal, the wait, and the next look at the record.
        for (var passed = 0; passed < 18; passed++) await PassAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => start.WaitAsync(Soon));

        Assert.StartsWith("Worker ID 7 is held by ", error.Message, StringComparison.Ordinal);
        Assert.True(holder.Ids.TryNext(out _));
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_fails_the_start()
    {
        _store.IsUnusable = true;
        await using var service = Service.Over(_store, _time);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => service.StartAsync().WaitAsync(Soon));

        Assert.Equal("The role lacks a verb.", error.Message);
    }

    [Fact]
    public async Task Of_several_worker_ids_of_a_shared_store_the_lowest_free_one_is_taken_and_given_back()
    {
        var stores = new ConcurrentDictionary<int, MemoryLeaseStore>();
        Service New() => Service.Over(worker => stores.GetOrAdd(worker, _ => new()), options => options.WorkerIds = "3-5");
        await using var first = await New().StartAsync();
        await using var second = await New().StartAsync();
        await using var third = await New().StartAsync();
        Assert.Equal([3, 4, 5], new[] { first.Worker(), second.Worker(), third.Worker() });

        await second.StopAsync();
        await using var fourth = await New().StartAsync();

        // Its first millisecond is the one behind the last that was used.
        Assert.Equal(4, new SnowflakeId(await fourth.Ids.NextAsync()).Worker);
    }

    [Fact]
    public async Task A_host_that_is_stopped_before_it_has_its_worker_id_gives_the_claim_of_it_back()
    {
        var store = new FaultyStore();
        // The claim lands; the write that would take the worker ID by it does not.
        store.Landed = _ => store.LosesWrites = true;
        var service = Service.Over(_ => store, options => (options.WorkerIds, options.WaitAtStart) = ("0-0", TimeSpan.Zero), _time);
        await service.StartAsync().WaitAsync(Soon);
        await EventuallyAsync(() => store.Writes > 1);
        Assert.NotNull(store.Record.Holder);
        store.LosesWrites = false;
        store.Landed = null;

        await service.DisposeAsync();

        Assert.Null(store.Record.Holder);
    }

    private async Task PassAsync()
    {
        await _time.UntilTimersAsync();
        _time.AdvanceMilliseconds(1_000);
    }

    private static async Task StoppingAsync(Service service) => await EventuallyAsync(() => service.Stopping.IsCancellationRequested);

    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        var deadline = Environment.TickCount64 + (long)Soon.TotalMilliseconds;
        while (!isSo())
        {
            if (Environment.TickCount64 > deadline) throw new TimeoutException();
            await Task.Yield();
        }
    }

    /// <summary>A service that takes an ID when it starts and one when it stops.</summary>
    private sealed class User : IHostedService
    {
        private IServiceProvider? _services;

        public List<long> Taken { get; } = [];

        public User With(IServiceProvider services)
        {
            _services = services;
            return this;
        }

        public async Task StartAsync(CancellationToken cancellationToken) =>
            Taken.Add(await _services!.GetRequiredService<IIdGenerator>().NextAsync(cancellationToken));

        public async Task StopAsync(CancellationToken cancellationToken) =>
            Taken.Add(await _services!.GetRequiredService<IIdGenerator>().NextAsync(cancellationToken));
    }
}
