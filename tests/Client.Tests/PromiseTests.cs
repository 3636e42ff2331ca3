using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

/// <summary>What <see cref="IIdGenerator"/> promises: age, order among callers, deadlines, cancellation, the end.</summary>
public sealed class PromiseTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Answers_that_take_longer_than_the_maximum_age_serve_those_who_waited_for_them()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        cluster.Reserve = async request =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1_500), _time);
            return cluster.Give(request);
        };
        using var client = TestClient.New(cluster.Grains, _time);

        var first = client.NextAsync().AsTask();
        await PassAsync(TimeSpan.FromMilliseconds(500));
        var second = client.NextAsync().AsTask();
        await PassAsync(TimeSpan.FromMilliseconds(1_100));
        Assert.True(first.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted); // What was asked for 1.6 s ago is too old for who came half a second later.
        await PassAsync(TimeSpan.FromMilliseconds(1_600));

        await second.WaitAsync(Soon);
    }

    [Fact]
    public async Task Timestamps_stay_within_some_20_ms_however_long_calls_follow_each_other()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        using var client = TestClient.New(cluster.Grains, _time);
        var worst = 0L;

        for (var call = 0; call < 6_000; call++)
        {
            var ids = await client.NextAsync(4_096).AsTask().WaitAsync(Soon);
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds() - Layout.EpochUnixMilliseconds;
            worst = Math.Max(worst, now - new SnowflakeId(ids[0]).Timestamp);
            _time.AdvanceMilliseconds(15);
        }

        Assert.InRange(worst, 0, 36); // 20, and a call's distance.
    }

    [Fact]
    public async Task An_array_holds_no_id_above_the_maximum_age()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var answer = cluster.Reserve;
        var hung = new TaskCompletionSource<SlotReservation>();
        cluster.Reserve = request => cluster.Asked.Count == 1 ? answer(request) : hung.Task;
        using var client = TestClient.New(cluster.Grains, _time, options => options.CallTimeout = TimeSpan.FromSeconds(20));
        var start = _time.GetUtcNow();
        var call = client.NextAsync(10_000).AsTask();
        await cluster.UntilAskedAsync(2);

        await PassAsync(TimeSpan.FromSeconds(16));
        cluster.Reserve = answer;
        await PassAsync(TimeSpan.FromSeconds(6));
        var ids = await call.WaitAsync(Soon);

        Assert.Equal(10_000, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(new SnowflakeId(id).CreatedAt - start > TimeSpan.FromSeconds(15)));
    }

    [Fact]
    public async Task Memory_is_filled_with_as_many_ids_as_it_has_room_for()
    {
        using var client = TestClient.New(new FakeCluster(_time, workers: 2).Grains, _time);
        var memory = new long[10_002];

        await client.FillAsync(memory.AsMemory(1, 10_000));
        await client.FillAsync(Memory<long>.Empty);

        Assert.Equal((0, 0), (memory[0], memory[^1]));
        Assert.Equal(10_000, memory[1..^1].Distinct().Count());
        Assert.DoesNotContain(0, memory[1..^1]);
    }

    [Fact]
    public async Task A_single_id_waits_for_one_batch_of_large_requests_at_most_and_for_none_of_those_who_came_later()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var requests = Channel.CreateUnbounded<(FakeCluster.Request Request, TaskCompletionSource<SlotReservation> Answer)>();
        cluster.Reserve = request =>
        {
            var answer = new TaskCompletionSource<SlotReservation>(TaskCreationOptions.RunContinuationsAsynchronously);
            requests.Writer.TryWrite((request, answer));
            return answer.Task;
        };
        using var client = TestClient.New(cluster.Grains, _time);
        var large = Enumerable.Range(0, 2).Select(_ => client.NextAsync(10_000).AsTask()).ToList();
        await cluster.UntilAskedAsync(1);
        var single = client.NextAsync().AsTask();
        var later = Enumerable.Range(0, 50).Select(_ => client.NextAsync(4_000).AsTask()).ToList();

        for (var batch = 1; batch <= 2 && !single.IsCompleted; batch++)
        {
            var (request, answer) = await requests.Reader.ReadAsync().AsTask().WaitAsync(Soon);
            answer.SetResult(cluster.Give(request));
            await cluster.UntilAskedAsync(batch + 1);
        }

        await single.WaitAsync(Soon);
        Assert.All(large.Concat(later.Skip(2)), call => Assert.False(call.IsCompleted));
    }

    [Fact]
    public async Task Large_requests_are_served_beside_any_number_of_small_ones()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        using var client = TestClient.New(cluster.Grains, _time);
        using var stop = new CancellationTokenSource();
        var small = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await client.NextAsync(4_096, CancellationToken.None);
        })).ToList();

        var ids = await client.NextAsync(50_000, CancellationToken.None).AsTask().WaitAsync(Soon);

        await stop.CancelAsync();
        await Task.WhenAll(small);
        Assert.Equal(50_000, ids.Distinct().Count());
    }

    [Fact]
    public async Task Each_caller_waits_for_as_long_as_was_promised_whenever_it_came()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        cluster.Reserve = request => Task.FromResult(new SlotReservation(0, 0, $"No {request.Worker}", TimeSpan.FromSeconds(3 + request.Worker)));
        using var client = TestClient.New(cluster.Grains, _time, options => options.GiveUpAfter = TimeSpan.FromSeconds(5));
        var early = client.NextAsync().AsTask();
        await cluster.UntilAskedAsync(1);
        await PassAsync(TimeSpan.FromMilliseconds(4_400));
        var late = client.NextAsync().AsTask();

        await PassAsync(TimeSpan.FromMilliseconds(650));
        var error = await Assert.ThrowsAsync<IdsUnavailableException>(() => early.WaitAsync(Soon));
        await PassAsync(TimeSpan.FromMilliseconds(4_200));
        Assert.False(late.IsCompleted);
        await PassAsync(TimeSpan.FromMilliseconds(200));

        await Assert.ThrowsAsync<IdsUnavailableException>(() => late.WaitAsync(Soon));
        Assert.Equal("No worker had IDs for 5 s: worker 0: No 0; worker 1: No 1.", error.Message);
        Assert.Equal([new(0, "No 0"), new(1, "No 1")], error.Workers);
        Assert.Equal(TimeSpan.FromSeconds(3), error.RetryAfter);
    }

    [Fact]
    public async Task What_a_call_threw_is_in_the_exception()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var thrown = new InvalidOperationException("Broken");
        cluster.Reserve = _ => throw thrown;
        using var client = TestClient.New(cluster.Grains, _time, options => options.GiveUpAfter = options.CallTimeout = TimeSpan.FromSeconds(1));
        var call = client.NextAsync().AsTask();

        await PassAsync(TimeSpan.FromSeconds(2));

        Assert.Same(thrown, (await Assert.ThrowsAsync<IdsUnavailableException>(() => call.WaitAsync(Soon))).InnerException);
    }

    [Fact]
    public async Task A_cancelled_token_ends_every_call_before_it_takes_an_id()
    {
        using var client = TestClient.New(new FakeCluster(_time, workers: 1).Grains, _time);
        await client.NextAsync(100);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.NextAsync(cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.NextAsync(0, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.NextAsync(5, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.FillAsync(new long[5], cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.StreamAsync(5, cancelled.Token).FirstAsync());
    }

    [Fact]
    public async Task A_stream_ends_at_the_element_after_its_token_was_cancelled()
    {
        using var client = TestClient.New(new FakeCluster(_time, workers: 1).Grains, _time);
        using var cancellation = new CancellationTokenSource();
        var read = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.StreamAsync(100_000, cancellation.Token))
                if (++read == 3) await cancellation.CancelAsync();
        });

        Assert.Equal(3, read);
    }

    [Fact]
    public async Task A_slow_reader_of_a_stream_gets_no_id_above_the_maximum_age()
    {
        using var client = TestClient.New(new FakeCluster(_time, workers: 1).Grains, _time);
        var ids = new List<long>();

        await foreach (var id in client.StreamAsync(10))
        {
            Assert.InRange(_time.GetUtcNow() - new SnowflakeId(id).CreatedAt, TimeSpan.Zero, TimeSpan.FromSeconds(1));
            ids.Add(id);
            _time.AdvanceMilliseconds(400);
        }

        Assert.Equal(10, ids.Distinct().Count());
    }

    [Fact]
    public void Wrong_counts_are_refused_at_the_call()
    {
        using var client = TestClient.New(new FakeCluster(_time, workers: 1).Grains, _time);

        ThrowsAtOnce<ArgumentOutOfRangeException>(() => client.NextAsync(-1).AsTask());
        ThrowsAtOnce<ArgumentOutOfRangeException>(() => client.StreamAsync(-1));
    }

    [Fact]
    public async Task After_the_end_there_are_no_ids_and_those_who_wait_are_told_so()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var client = TestClient.New(cluster.Grains, _time);
        await client.NextAsync(100);
        await client.NextAsync(100);
        cluster.Reserve = _ => new TaskCompletionSource<SlotReservation>().Task;
        var waiting = client.NextAsync(50_000).AsTask();
        var stream = client.StreamAsync(10);

        await client.DisposeAsync();
        await client.DisposeAsync();
        client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(Soon));
        ThrowsAtOnce<ObjectDisposedException>(() => client.NextAsync().AsTask());
        ThrowsAtOnce<ObjectDisposedException>(() => client.NextAsync(1).AsTask());
        ThrowsAtOnce<ObjectDisposedException>(() => client.FillAsync(new long[1]).AsTask());
        ThrowsAtOnce<ObjectDisposedException>(() => client.StreamAsync(1));
        ThrowsAtOnce<ObjectDisposedException>(() => client.TryNext(out _));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.FirstAsync());
    }

    [Fact]
    public async Task A_fetch_knows_nothing_of_the_caller_that_began_it()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var answer = cluster.Reserve;
        var local = new AsyncLocal<string>();
        var seen = new ConcurrentQueue<(string?, Activity?, object?)>();
        cluster.Reserve = request =>
        {
            seen.Enqueue((local.Value, Activity.Current, RequestContext.Get("tenant")));
            return answer(request);
        };
        using var client = TestClient.New(cluster.Grains, _time);
        using var activity = new Activity("order").Start();
        RequestContext.Set("tenant", "blue");
        local.Value = "secret";

        await client.NextAsync();

        RequestContext.Clear();
        Assert.Equal((null, null, null), Assert.Single(seen));
    }

    [Fact]
    public async Task A_call_that_is_awaited_twice_by_mistake_takes_no_id_of_somebody_else()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 1);
        var others = new List<long>();

#pragma warning disable CA2012 // The mistake.
        var call = client.NextAsync();
        var first = await call;
        for (var i = 0; i < 100; i++) others.Add(await client.NextAsync());
        var again = await call;
#pragma warning restore CA2012

        Assert.Equal(first, again);
        Assert.DoesNotContain(again, others);
    }

    [Fact]
    public async Task Asked_without_waiting_it_gives_what_is_at_hand_and_fetches_where_nothing_is()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        using var client = TestClient.New(cluster.Grains, _time);
        Assert.False(client.TryNext(out var none));
        Assert.Equal(0, none);
        await cluster.UntilAskedAsync(1);

        long id;
        while (!client.TryNext(out id)) await Task.Yield();

        Assert.True(id > 0);
    }

    [Fact]
    public async Task A_caller_that_gives_up_loses_its_place_and_nobody_else_does()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var answer = cluster.Reserve;
        var hung = new TaskCompletionSource<SlotReservation>();
        cluster.Reserve = _ => hung.Task;
        using var client = TestClient.New(cluster.Grains, _time);
        using var cancellation = new CancellationTokenSource();
        var first = client.NextAsync(CancellationToken.None).AsTask();
        var givesUp = client.NextAsync(10_000, cancellation.Token).AsTask();
        var last = client.NextAsync(CancellationToken.None).AsTask();
        await cluster.UntilAskedAsync(1);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp);
        cluster.Reserve = answer;
        hung.SetResult(cluster.Give(cluster.Asked.First()));

        Assert.NotEqual(await first.WaitAsync(Soon), await last.WaitAsync(Soon));
    }

    /// <summary>In the call itself, and not in the task that it returns.</summary>
    private static void ThrowsAtOnce<T>(Func<object> call)
        where T : Exception
    {
        try
        {
            call();
        }
        catch (T)
        {
            return;
        }

        Assert.Fail($"No {typeof(T).Name} was thrown.");
    }

    private async Task PassAsync(TimeSpan duration)
    {
        for (var passed = TimeSpan.Zero; passed < duration; passed += TimeSpan.FromMilliseconds(10))
        {
            _time.AdvanceMilliseconds(10);
            await Task.Delay(1);
        }
    }
}
