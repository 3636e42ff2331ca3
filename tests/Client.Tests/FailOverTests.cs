using System.Collections.Concurrent;
using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

/// <summary>What callers feel of workers that hang, refuse or throw: as little as can be.</summary>
public sealed class FailOverTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Callers_wait_once_at_most_for_a_worker_that_hangs_and_then_it_is_asked_beside_healthy_ones_until_it_answers()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        var answer = cluster.Reserve;
        cluster.Reserve = request => request.Worker == 0 ? new TaskCompletionSource<SlotReservation>().Task : answer(request);
        using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 2);

        var waits = 0;
        for (var call = 0; call < 300; call++) waits += await NextTwoAsync(client, cluster) ? 1 : 0;

        Assert.InRange(waits, 0, 1); // None, where it was asked first to fetch ahead.
        Assert.InRange(cluster.Asked.Count(request => request.Worker == 0), 5, 20); // 30 s of calls: each 0.1, 0.2, 0.4, … 5 s.

        cluster.Reserve = answer;
        var later = new List<long>();
        for (var call = 0; call < 100; call++)
        {
            later.AddRange(await client.NextAsync(2));
            _time.AdvanceMilliseconds(100);
        }

        Assert.Contains(later, id => new SnowflakeId(id).Worker == 0);
    }

    [Fact]
    public async Task A_failed_call_is_followed_by_one_to_another_worker_at_once_whatever_it_threw()
    {
        foreach (var exception in (Exception[])[new InvalidCastException(), new NotSupportedException(), new ObjectDisposedException("x"), new OperationCanceledException(), new ArgumentException("y")])
        {
            var cluster = new FakeCluster(_time, workers: 2);
            var answer = cluster.Reserve;
            cluster.Reserve = request => request.Worker == 0 ? throw exception : answer(request);
            using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 1);

            for (var call = 0; call < 4; call++)
                Assert.Equal(1, new SnowflakeId(await client.NextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Worker);
        }
    }

    [Fact]
    public async Task A_worker_that_wants_to_be_left_alone_for_an_hour_is_asked_again_within_seconds()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var answer = cluster.Reserve;
        cluster.Reserve = _ => Task.FromResult(new SlotReservation(0, 0, "The clock is an hour ahead", TimeSpan.FromHours(1)));
        using var client = TestClient.New(cluster.Grains, _time);
        var call = client.NextAsync().AsTask();
        await cluster.UntilAskedAsync(1);

        cluster.Reserve = answer;
        for (var i = 0; i < 60 && !call.IsCompleted; i++)
        {
            _time.AdvanceMilliseconds(100);
            await Task.Delay(5);
        }

        Assert.True(call.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Beside_a_healthy_one_too_a_worker_that_wants_to_be_left_alone_for_an_hour_is_asked_again_within_seconds()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        var answer = cluster.Reserve;
        cluster.Reserve = request => request.Worker == 0
            ? Task.FromResult(new SlotReservation(0, 0, "The clock is an hour ahead", TimeSpan.FromHours(1)))
            : answer(request);
        using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 1);
        for (var call = 0; call < 3; call++) await client.NextAsync();
        cluster.Reserve = answer;

        var later = new List<long>();
        for (var call = 0; call < 70; call++)
        {
            later.Add(await client.NextAsync());
            _time.AdvanceMilliseconds(100);
        }

        Assert.Contains(later, id => new SnowflakeId(id).Worker == 0);
    }

    [Fact]
    public async Task While_no_worker_is_healthy_they_are_asked_five_times_a_second_and_no_more()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        cluster.Reserve = _ => throw new InvalidOperationException("Broken");
        using var client = TestClient.New(cluster.Grains, _time);
        var call = client.NextAsync().AsTask();

        await PassAsync(TimeSpan.FromSeconds(10));

        Assert.False(call.IsCompleted);
        Assert.InRange(cluster.Asked.Count, 30, 70);
    }

    [Fact]
    public async Task The_list_of_workers_is_asked_for_again_where_the_first_request_for_it_hangs()
    {
        var cluster = new FakeCluster(_time, workers: 1);
        var requests = 0;
        cluster.ListLive = () => Interlocked.Increment(ref requests) == 1 ? new TaskCompletionSource<int[]>().Task : Task.FromResult(cluster.Live);
        using var client = TestClient.New(cluster.Grains, _time);
        var call = client.NextAsync().AsTask();

        await PassAsync(TimeSpan.FromMilliseconds(200));

        await call.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Slots_that_cannot_be_right_are_no_ids()
    {
        foreach (var wrong in (SlotReservation[])[new(0, 0), new(5, -1), new(-9, 2), new(0, 4_097), new(long.MaxValue - 1, 2), new(1L << 53, 1)])
        {
            var cluster = new FakeCluster(_time, workers: 2);
            var answer = cluster.Reserve;
            cluster.Reserve = request => request.Worker == 0 ? Task.FromResult(wrong) : answer(request);
            using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 1);

            for (var call = 0; call < 4; call++)
                Assert.Equal(1, new SnowflakeId(await client.NextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).Worker);
        }
    }

    [Fact]
    public async Task A_late_answer_of_a_worker_that_was_given_up_is_never_handed_out()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        var answer = cluster.Reserve;
        var late = new TaskCompletionSource<SlotReservation>();
        FakeCluster.Request? hung = null;
        cluster.Reserve = request => Interlocked.CompareExchange(ref hung, request, null) is null ? late.Task : answer(request);
        using var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 1);
        var call = client.NextAsync().AsTask();
        await cluster.UntilAskedAsync(1);
        while (!call.IsCompleted) await PassAsync(TimeSpan.FromMilliseconds(10));
        var lost = new IdRange(hung!.Worker, cluster.Give(hung).Slots);

        late.SetResult(new(lost.Slots.First, lost.Count));
        var ids = new List<long> { await call };
        for (var i = 0; i < 20; i++) ids.Add(await client.NextAsync());

        Assert.DoesNotContain(lost[0], ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task What_fails_after_its_caller_was_told_is_no_unobserved_exception()
    {
        var unobserved = new ConcurrentBag<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> onUnobserved = (_, e) => unobserved.Add(e.Exception.GetBaseException());
        TaskScheduler.UnobservedTaskException += onUnobserved;

        await FailTooLateAsync();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= onUnobserved;
        // Other tests of this process leave calls behind that nobody waits for.
        Assert.DoesNotContain(unobserved, exception => exception is InvalidTimeZoneException);
    }

    private async Task FailTooLateAsync()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        var late = new ConcurrentQueue<Action>();
        Task<T> Hang<T>()
        {
            var answer = new TaskCompletionSource<T>();
            late.Enqueue(() => answer.SetException(new InvalidTimeZoneException()));
            return answer.Task;
        }

        cluster.Reserve = _ => Hang<SlotReservation>();
        cluster.Take = _ => Hang<BulkSlots>();
        using var client = TestClient.New(cluster.Grains, _time, options => options.GiveUpAfter = options.CallTimeout);
        foreach (var count in (int[])[1, 100_000])
        {
            var call = client.NextAsync(count).AsTask();
            cluster.ListLive = Hang<int[]>;
            while (!call.IsCompleted) await PassAsync(TimeSpan.FromMilliseconds(100));
            await Assert.ThrowsAsync<IdsUnavailableException>(() => call);
        }

        await PassAsync(TimeSpan.FromSeconds(3)); // Whoever asked for these has stopped waiting.
        Assert.NotEmpty(late);
        while (late.TryDequeue(out var fail)) fail();
    }

    /// <returns>Whether the caller had to wait for the worker that hangs.</returns>
    private async Task<bool> NextTwoAsync(IdGeneratorClient client, FakeCluster cluster)
    {
        _time.AdvanceMilliseconds(100);
        var before = cluster.Asked.Count;
        var call = client.NextAsync(2).AsTask();
        // A request of one ID is a probe beside a healthy worker: nobody waits for it.
        bool IsWaitedFor() => cluster.Asked.Skip(before).Any(request => request is { Worker: 0, Count: 2 });
        // Time stands still for as long as an answer may be on its way. It passes where the caller waits for the hung worker, be it behind a
        // fetch ahead that was under way before the call.
        for (var yields = 0; !call.IsCompleted && !IsWaitedFor() && yields < 10_000; yields++) await Task.Yield();
        while (!call.IsCompleted) await PassAsync(TimeSpan.FromMilliseconds(10));
        return IsWaitedFor();
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
