using IdGenerator.Leases;
using IdGenerator.Leases.Tests;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.InProcess.Tests;

/// <summary>Services that do what a library cannot forbid: block, throw, replace, and start hosts in other ways.</summary>
public sealed class TroubleTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FaultyStore _store = new();

    [Fact]
    public async Task A_thread_that_blocks_until_it_has_its_IDs_gets_them_whatever_its_context()
    {
        await using var service = await Service.Over(new MemoryLeaseStore()).StartAsync();

        await OneThread.RunAsync(() =>
        {
            for (var call = 0; call < 100; call++) service.Ids.NextAsync(900).AsTask().Wait();
        }).WaitAsync(Soon);
    }

    [Fact]
    public async Task A_host_is_started_and_stopped_by_a_thread_that_blocks()
    {
        await OneThread.RunAsync(() =>
        {
            var service = Service.Over(new MemoryLeaseStore());
            service.StartAsync().Wait();
            service.StopAsync().Wait();
            service.DisposeAsync().AsTask().Wait();
        }).WaitAsync(Soon);
    }

    [Fact]
    public async Task A_log_that_throws_keeps_neither_the_host_running_without_its_worker_ID_nor_the_worker_ID()
    {
        var time = new FakeTimeProvider();
        var log = new ThrowingLog();
        await using var service = await Service.Over(_store, time, services => services.AddSingleton<ILoggerFactory>(log)).StartAsync();
        log.Throws = true;
        _store.Edit(record => record with { Holder = new("other", "uid-other"), Generation = record.Generation + 1 });
        await time.UntilTimersAsync();
        time.Advance(TimeSpan.FromSeconds(15));

        await EventuallyAsync(() => service.Stopping.IsCancellationRequested);
        log.Throws = false;
    }

    [Fact]
    public async Task A_log_that_throws_at_the_stop_leaves_the_place_of_the_worker_ID_free()
    {
        var log = new ThrowingLog();
        var places = new Places(_store);
        var service = await Service.Of(options => options.WorkerId = 7, before: services =>
            services.AddSingleton<ILoggerFactory>(log).AddSingleton<Func<IWorkerPlaces>>(() => places)).StartAsync();
        log.Throws = true;

        await Assert.ThrowsAsync<AggregateException>(service.StopAsync);

        Assert.True(places.IsDisposed);
    }

    [Fact]
    public async Task Where_the_service_has_other_IDs_no_worker_ID_is_taken()
    {
        await using var tested = Service.Over(
            _ => _store, options => options.WorkerId = 7, before: services => services.AddSingleton<IIdGenerator>(new InMemoryIdGenerator()));

        await tested.StartAsync();

        Assert.Equal(0, _store.Writes);
        Assert.True(tested.Ids.TryNext(out _));
    }

    [Fact]
    public async Task A_host_that_knows_no_other_start_has_IDs_too()
    {
        await using var service = Service.Over(_store);
        var hosted = service.Services.GetServices<IHostedService>().OfType<InProcessLease>().Single();

        await hosted.StartAsync(CancellationToken.None);

        Assert.True(service.Ids.TryNext(out _));
    }

    [Fact]
    public async Task A_start_that_was_given_up_can_be_made_again()
    {
        var time = new FakeTimeProvider();
        await using var holder = await Service.Over(_store, time).StartAsync();
        await using var second = Service.Over(_store, time);
        var lease = second.Services.GetRequiredService<InProcessLease>();
        using var impatience = new CancellationTokenSource();
        var start = lease.StartingAsync(impatience.Token);
        await time.UntilTimersAsync(3);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => start);
        await holder.StopAsync();

        var again = lease.StartingAsync(CancellationToken.None);
        while (!again.IsCompleted)
        {
            await time.UntilTimersAsync();
            time.AdvanceMilliseconds(1_000);
        }

        await again;
        Assert.True(second.Ids.TryNext(out _));

        _store.Edit(record => record with { Holder = new("other", "uid-other"), Generation = record.Generation + 1 });
        await time.UntilTimersAsync();
        time.Advance(TimeSpan.FromSeconds(15));
        await EventuallyAsync(() => second.Stopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_wrapper_around_the_generator_has_its_IDs()
    {
        await using var service = Service.Over(_store, before: services => services.AddSingleton<IIdGenerator>(
            provider => new Wrapper(provider.GetRequiredService<InProcessIdGenerator>())));

        await service.StartAsync();

        Assert.True(service.Ids.TryNext(out _));
    }

    [Fact]
    public async Task Who_cancels_a_call_does_not_run_what_follows_it()
    {
        var time = new FakeTimeProvider();
        await using var service = await Service.Over(new MemoryLeaseStore(), time).StartAsync();
        while (service.Ids.TryNext(out _))
        {
            // Until the millisecond is used up.
        }

        using var cancellation = new CancellationTokenSource();
        using var gate = new ManualResetEventSlim();
        await Task.Run(() =>
        {
            var follower = FollowAsync(service.Ids, gate, cancellation.Token);
            cancellation.Cancel();
            gate.Set();
            return follower;
        }).WaitAsync(Soon);
    }

    private static async Task FollowAsync(IIdGenerator ids, ManualResetEventSlim gate, CancellationToken cancellation)
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ids.NextAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        gate.Wait(CancellationToken.None);
    }

    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        var deadline = Environment.TickCount64 + (long)Soon.TotalMilliseconds;
        while (!isSo())
        {
            if (Environment.TickCount64 > deadline) throw new TimeoutException();
            await Task.Yield();
        }
    }

    private sealed class Wrapper(IIdGenerator inner) : IIdGenerator
    {
        public bool TryNext(out long id) => inner.TryNext(out id);

        public ValueTask<long> NextAsync(CancellationToken cancellation = default) => inner.NextAsync(cancellation);

        public ValueTask<long[]> NextAsync(int count, CancellationToken cancellation = default) => inner.NextAsync(count, cancellation);

        public ValueTask FillAsync(Memory<long> destination, CancellationToken cancellation = default) => inner.FillAsync(destination, cancellation);

        public IAsyncEnumerable<long> StreamAsync(long count, CancellationToken cancellation = default) => inner.StreamAsync(count, cancellation);
    }

    private sealed class Places(ILeaseStore store) : IWorkerPlaces
    {
        public bool IsDisposed { get; private set; }

        public Task<(WorkerPlace? Place, LeaseRefusal? Refusal)> TakeAsync(Holder holder, CancellationToken cancellation) =>
            Task.FromResult<(WorkerPlace?, LeaseRefusal?)>((new(7, store, IsClaimed: false), null));

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Fails where the library writes, and nowhere else.</summary>
    private sealed class ThrowingLog : ILoggerFactory
    {
        public bool Throws { get; set; }

        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("IdGenerator.", StringComparison.Ordinal) ? new Logger(this) : NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider)
        {
            // There is none.
        }

        public void Dispose()
        {
            // Nothing is open.
        }

        private sealed class Logger(ThrowingLog log) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (log.Throws) throw new AggregateException("An error occurred while writing to logger(s).");
            }
        }
    }
}
