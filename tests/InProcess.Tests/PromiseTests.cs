using IdGenerator.Leases;
using IdGenerator.Promises;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IdGenerator.InProcess.Tests;

/// <summary>What <see cref="IIdGenerator"/> promises, and what this one promises beyond that.</summary>
public sealed class PromiseTests : IdGeneratorContract
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private Service? _service;

    protected override async Task<IIdGenerator> OpenAsync()
    {
        _service = await Service.Over(new MemoryLeaseStore()).StartAsync();
        return _service.Ids;
    }

    protected override async Task CloseAsync() => await _service!.DisposeAsync();

    [Fact]
    public async Task An_id_that_is_at_hand_costs_no_allocation()
    {
        await using var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        var ids = service.Ids;
        Take(ids, 10);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Take(ids, 1_000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Where_a_millisecond_has_no_ids_left_callers_wait_for_the_next_one_in_the_order_in_which_they_came()
    {
        await using var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        var ids = service.Ids;
        var now = ids.TryNext(out var first) ? new SnowflakeId(first).Timestamp : -1;
        while (ids.TryNext(out _))
        {
            // Until the millisecond is used up.
        }

        var calls = Enumerable.Range(0, 100).Select(_ => ids.NextAsync().AsTask()).ToList();
        Assert.DoesNotContain(calls, call => call.IsCompleted);
        _time.AdvanceMilliseconds(1);

        var given = await Task.WhenAll(calls).WaitAsync(Soon);
        Assert.Equal(given.Order(), given);
        Assert.All(given, id => Assert.Equal(now + 1, new SnowflakeId(id).Timestamp));
    }

    [Fact]
    public async Task Who_blocks_its_thread_after_a_wait_holds_up_nobody_else()
    {
        await using var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        var ids = service.Ids;
        while (ids.TryNext(out _))
        {
            // Until the millisecond is used up.
        }

        using var gate = new ManualResetEventSlim();
        // One after the other, and where no context of the test's would take them elsewhere.
        var (blocking, other) = await Task.Run(() => (BlockAsync(ids, gate), ids.NextAsync().AsTask()));
        Assert.False(blocking.IsCompleted || other.IsCompleted);
        var advance = Task.Run(() => _time.AdvanceMilliseconds(1));
        try
        {
            await other.WaitAsync(Soon);
        }
        finally
        {
            gate.Set();
            await Task.WhenAll(blocking, advance);
        }
    }

    [Fact]
    public async Task A_slow_reader_of_a_stream_gets_no_id_above_a_second()
    {
        await using var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        var ids = new List<long>();

        await foreach (var id in service.Ids.StreamAsync(10))
        {
            Assert.InRange(_time.GetUtcNow() - new SnowflakeId(id).CreatedAt, TimeSpan.FromMilliseconds(-20), TimeSpan.FromSeconds(1));
            ids.Add(id);
            _time.AdvanceMilliseconds(400);
        }

        Assert.Equal(10, ids.Distinct().Count());
    }

    [Fact]
    public async Task A_clock_that_was_set_back_further_than_is_bridged_is_told_with_the_time_that_it_takes()
    {
        await using var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        Assert.True(service.Ids.TryNext(out _));
        _time.StepWall(TimeSpan.FromMinutes(-10));

        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await service.Ids.NextAsync());

        Assert.False(service.Ids.TryNext(out _));
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromMinutes(8.5), TimeSpan.FromMinutes(10));
        Assert.Equal([7], error.Workers.Select(worker => worker.Worker));
    }

    [Fact]
    public async Task Memory_is_left_alone_where_the_call_fails()
    {
        await using var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        var memory = new long[10_000];
        var call = service.Ids.FillAsync(memory).AsTask(); // It has taken what the millisecond has, and waits for the next one.
        _time.StepWall(TimeSpan.FromMinutes(-10));
        _time.AdvanceMilliseconds(1);

        await Assert.ThrowsAsync<IdsUnavailableException>(() => call.WaitAsync(Soon));

        Assert.All(memory, id => Assert.Equal(0, id));
    }

    [Fact]
    public async Task After_the_end_there_are_no_ids_and_every_call_says_so_at_once()
    {
        var service = await Service.Over(new MemoryLeaseStore(), _time).StartAsync();
        var ids = service.Ids;
        var stream = ids.StreamAsync(10);
        await using var begun = ids.StreamAsync(10).GetAsyncEnumerator();
        Assert.True(await begun.MoveNextAsync());
        await service.StopAsync();
        await Assert.ThrowsAsync<IdsUnavailableException>(async () => await ids.NextAsync());

        await service.DisposeAsync();

        Assert.Throws<ObjectDisposedException>(() => { _ = ids.NextAsync().AsTask(); });
        Assert.Throws<ObjectDisposedException>(() => { _ = ids.NextAsync(1).AsTask(); });
        Assert.Throws<ObjectDisposedException>(() => { _ = ids.FillAsync(new long[1]).AsTask(); });
        Assert.Throws<ObjectDisposedException>(() => { _ = ids.StreamAsync(1); });
        Assert.Throws<ObjectDisposedException>(() => ids.TryNext(out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.FirstAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await begun.MoveNextAsync());
    }

    [Fact]
    public async Task Before_the_host_has_started_there_are_no_ids()
    {
        await using var service = Service.Over(new MemoryLeaseStore(), _time);

        Assert.False(service.Ids.TryNext(out _));
        var error = await Assert.ThrowsAsync<IdsUnavailableException>(async () => await service.Ids.NextAsync(5));

        Assert.Equal((TimeSpan.FromSeconds(1), 0), (error.RetryAfter, error.Workers.Count));
    }

    private static async Task BlockAsync(IIdGenerator ids, ManualResetEventSlim gate)
    {
        await ids.NextAsync().ConfigureAwait(false);
        gate.Wait();
    }

    private static void Take(IIdGenerator ids, int count)
    {
        var isThere = true;
#pragma warning disable CA2012 // An await would allocate in this method itself.
        for (var i = 0; i < count; i++) isThere &= ids.NextAsync().IsCompletedSuccessfully && ids.TryNext(out _);
#pragma warning restore CA2012
        Assert.True(isThere);
    }
}
