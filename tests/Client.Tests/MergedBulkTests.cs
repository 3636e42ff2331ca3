using IdGenerator.Client;
using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

public sealed class MergedBulkTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DateTimeOffset _start;
    private readonly DroppedIds _dropped = new();
    private readonly List<(int Worker, int Count, long? Since)> _calls = [];
    private readonly Dictionary<int, long> _next = [];
    private Func<int, Task<BulkSlots>?> _instead = _ => null;

    public MergedBulkTests() => _start = _time.GetUtcNow();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 10)]
    [InlineData(4, 4_097)]
    [InlineData(7, 300_000)]
    [InlineData(1_024, 100_000)]
    public async Task As_many_rising_IDs_as_wanted_come_from_all_workers(int workers, int count)
    {
        using var bulk = Open(workers, count);

        var ids = await ReadAsync(bulk, count);

        Assert.Equal(count, ids.Count);
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.Equal(Math.Min(workers, count), ids.Select(id => new SnowflakeId(id).Worker).Distinct().Count());
    }

    [Fact]
    public async Task A_small_bulk_asks_each_worker_for_an_equal_part_once_and_leaves_nothing()
    {
        using (var bulk = Open(3, 10)) await ReadAsync(bulk, 10);

        Assert.Equal([(0, 4, null), (1, 3, null), (2, 3, null)], _calls);
        Assert.Equal(0, _dropped.Late + _dropped.Astray + _dropped.Unread);
    }

    [Fact]
    public async Task However_much_is_read_little_is_fetched_ahead()
    {
        using var bulk = Open(2, 4_096_000);

        var read = 0;
        for (var piece = 0; piece < 100; piece++) read += (await bulk.ReadAsync(CancellationToken.None)).Ids.Count;

        Assert.InRange((5_000 * _calls.Count) - read, 1, 2 * (IBulkGrain.MaxCount + 5_000));
    }

    [Fact]
    public async Task A_worker_that_does_not_answer_is_waited_for_until_the_bound_and_then_gone_on_without()
    {
        var silent = new TaskCompletionSource<BulkSlots>();
        _instead = worker => worker == 1 ? silent.Task : null;
        using var bulk = Open(2, 100);
        var first = bulk.ReadAsync(CancellationToken.None).AsTask();
        await _time.UntilTimersAsync();
        _time.Advance(MergedBulk.Bound - TimeSpan.FromMilliseconds(1));
        Assert.False(first.IsCompleted);

        _time.AdvanceMilliseconds(1);

        Assert.Equal(0, (await first).Ids.Worker);
        var rest = await ReadAsync(bulk, 100 - (await first).Ids.Count);
        Assert.All(rest, id => Assert.Equal(0, new SnowflakeId(id).Worker));
    }

    [Fact]
    public async Task What_a_slow_worker_brings_too_late_is_dropped_and_what_it_brings_then_is_used()
    {
        var slow = new TaskCompletionSource<BulkSlots>();
        _instead = worker => worker == 0 && !slow.Task.IsCompleted ? slow.Task : null;
        using var bulk = Open(2, 1_000_000);
        var first = bulk.ReadAsync(CancellationToken.None).AsTask();
        await _time.UntilTimersAsync();
        var late = Give(0, 10, null);
        _time.Advance(MergedBulk.Bound);
        await first;

        slow.SetResult(late);
        var ids = await ReadAsync(bulk, 500_000);

        Assert.Contains(ids, id => new SnowflakeId(id).Worker == 0);
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.DoesNotContain(SnowflakeId.Compose(late.Ranges[0].First, 0), ids);
        bulk.Dispose();
        Assert.Equal(10, _dropped.Late);
    }

    [Fact]
    public async Task A_worker_that_fails_is_gone_on_without_at_once()
    {
        _instead = worker => worker == 1 ? Task.FromException<BulkSlots>(new WorkerUnavailableException("gone")) : null;
        using var bulk = Open(3, 9_000);

        var ids = await ReadAsync(bulk, 9_000);

        Assert.Equal([0, 2], ids.Select(id => new SnowflakeId(id).Worker).Distinct().Order());
        Assert.Single(_calls, call => call.Worker == 1);
    }

    [Fact]
    public async Task Where_every_worker_refuses_the_last_refusal_is_the_answer()
    {
        _instead = worker => Task.FromResult(new BulkSlots(0, [], $"no {worker}", TimeSpan.FromSeconds(3)));
        using var bulk = Open(2, 10);

        var (ids, refusal) = await bulk.ReadAsync(CancellationToken.None);

        Assert.Equal((0, "no 1", TimeSpan.FromSeconds(3)), (ids.Count, refusal.Refusal, refusal.RetryAfter));
    }

    [Fact]
    public async Task Where_no_worker_answers_the_reader_is_told_in_the_end()
    {
        _instead = _ => new TaskCompletionSource<BulkSlots>().Task;
        using var bulk = Open(2, 10);
        var reading = bulk.ReadAsync(CancellationToken.None).AsTask();
        await _time.UntilTimersAsync();
        _time.Advance(MergedBulk.Bound);
        await _time.UntilTimersAsync();
        Assert.False(reading.IsCompleted);

        _time.Advance(MergedBulk.GiveUpAfter);

        Assert.Equal("No worker answers", (await reading).Refusal.Refusal);
    }

    [Fact]
    public async Task Who_fails_at_the_moment_at_which_the_wait_is_over_leaves_the_others_in_the_answer()
    {
        var silent = new TaskCompletionSource<BulkSlots>();
        _instead = worker => worker == 1 ? silent.Task : null;
        using var bulk = Open(2, 1_000_000);
        var first = bulk.ReadAsync(CancellationToken.None).AsTask();
        await _time.UntilTimersAsync();

        // The refusal comes out of the same step of the clock as the end of the wait, behind it or before it.
        await using var refusal = _time.CreateTimer(
            _ => silent.TrySetResult(new(0, [], "gone", TimeSpan.Zero)), null, MergedBulk.Bound, Timeout.InfiniteTimeSpan);
        _time.Advance(MergedBulk.Bound);

        Assert.Equal(0, (await first).Ids.Worker);
        Assert.All(await ReadAsync(bulk, 300_000), id => Assert.Equal(0, new SnowflakeId(id).Worker));
    }

    [Fact]
    public async Task A_reader_that_leaves_ends_the_wait_and_what_comes_then_is_lost()
    {
        var silent = new TaskCompletionSource<BulkSlots>();
        _instead = _ => silent.Task;
        using var gone = new CancellationTokenSource();
        var bulk = Open(2, 10);
        var reading = bulk.ReadAsync(gone.Token).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        bulk.Dispose();
        silent.SetResult(Give(0, 5, null));

        Assert.Equal(2, _calls.Count);
        Assert.True(SpinWait.SpinUntil(() => _dropped.Unread == 10, TimeSpan.FromSeconds(30)), $"{_dropped.Unread} of 10 are counted.");
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task Nothing_is_read_beyond_its_end()
    {
        using var bulk = Open(2, 10);
        await ReadAsync(bulk, 10);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await bulk.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_was_fetched_ahead_and_not_read_is_counted()
    {
        var bulk = Open(2, 100_000);
        var read = (await bulk.ReadAsync(CancellationToken.None)).Ids.Count;

        bulk.Dispose();

        Assert.Equal(_calls.Sum(call => Math.Min(call.Count, 5_000)) - read, _dropped.Unread);
    }

    [Fact]
    public async Task What_got_too_old_for_the_reader_is_dropped_and_no_older_slots_are_asked_for_than_half_the_age()
    {
        using var bulk = new MergedBulk([0, 1], 1_000_000, TakeAsync, _time, _dropped, above: -1, maxAge: TimeSpan.FromMilliseconds(100));
        await bulk.ReadAsync(CancellationToken.None);
        _calls.Clear();

        _time.AdvanceMilliseconds(300);
        var (ids, _) = await bulk.ReadAsync(CancellationToken.None);

        Assert.All(_calls, call => Assert.InRange(call.Since!.Value, 1_249, 1_250)); // The workers' clocks showed 1,000, which is 300 ms ago.
        Assert.InRange(ids.Slots.Timestamp, 1_200, 1_300);
        Assert.True(bulk.Left > 990_000);
    }

    [Fact]
    public async Task A_reader_is_told_when_all_that_comes_is_of_no_use()
    {
        using var bulk = new MergedBulk([0, 1], 1_000, TakeAsync, _time, _dropped, above: SnowflakeId.Compose(1_000_000L << 12, 0));
        _instead = worker => Task.Delay(TimeSpan.FromMilliseconds(150), _time).ContinueWith(_ => Give(worker, 100, null), TaskScheduler.Default);
        var reading = bulk.ReadAsync(CancellationToken.None).AsTask();

        for (var wait = 0; wait < 3_000 && !reading.IsCompleted; wait++)
        {
            _time.AdvanceMilliseconds(10);
            await Task.Delay(1);
        }

        Assert.NotNull((await reading.WaitAsync(TimeSpan.FromSeconds(30))).Refusal.Refusal);
    }

    private MergedBulk Open(int workers, int count) => new([.. Enumerable.Range(0, workers)], count, TakeAsync, _time, _dropped);

    private ValueTask<BulkSlots> TakeAsync(int worker, int count, long? since)
    {
        _calls.Add((worker, count, since));
        return new(_instead(worker) ?? Task.FromResult(Give(worker, count, since)));
    }

    /// <summary>At most 5,000 slots, those that follow the last. The workers' clocks showed 1,000 at the beginning.</summary>
    private BulkSlots Give(int worker, int count, long? since)
    {
        var next = Math.Max(_next.GetValueOrDefault(worker, 1_000L << 12), (since ?? 0) << 12);
        var slots = new SlotReservation(next, Math.Min(count, 5_000));
        _next[worker] = slots.Slots.End;
        return new(1_000 + (long)(_time.GetUtcNow() - _start).TotalMilliseconds, [slots]);
    }

    private static async Task<List<long>> ReadAsync(MergedBulk bulk, int count)
    {
        var all = new List<long>(count);
        while (all.Count < count)
        {
            var (ids, refusal) = await bulk.ReadAsync(CancellationToken.None);
            Assert.Null(refusal.Refusal);
            for (var index = 0; index < ids.Count; index++) all.Add(ids[index]);
        }

        return all;
    }
}
