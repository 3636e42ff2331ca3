using System.Collections.Concurrent;
using System.Threading.Channels;
using IdGenerator.Testing;
using Orleans.Runtime;

namespace IdGenerator.Client.Tests;

/// <summary>Calls for many IDs while workers trickle, refuse, hang or answer nonsense, and what other callers feel of them.</summary>
public sealed class ManyWorkersInTroubleTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task An_array_whose_workers_trickle_is_given_up_in_time()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster, GiveUpAfter(seconds: 3));
        cluster.Reserve = _ => Task.FromResult(new SlotReservation(0, 0, "No", TimeSpan.FromSeconds(1)));
        cluster.Take = async request =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(80), _time);
            return cluster.GiveBulk(request with { Count = Math.Min(10, request.Count) });
        };

        var call = client.NextAsync(20_000).AsTask();
        for (var wait = 0; wait < 310 && !call.IsCompleted; wait++) await PassAsync(10, 10);

        await Assert.ThrowsAsync<IdsUnavailableException>(() => call.WaitAsync(Soon));
    }

    [Fact]
    public async Task An_array_that_is_left_to_the_line_is_given_up_in_its_own_time_though_others_came_before_it_into_the_line()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster, GiveUpAfter(seconds: 3));
        cluster.Reserve = _ => new TaskCompletionSource<SlotReservation>().Task;
        cluster.Take = _ => new TaskCompletionSource<BulkSlots>().Task;
        var array = client.NextAsync(10_000).AsTask();
        await PassAsync(150, 10);
        var single = client.NextAsync(4_096).AsTask();
        await PassAsync(2_900, 10);

        Assert.True(array.IsFaulted);
        Assert.False(single.IsCompleted);
    }

    [Fact]
    public async Task A_stream_that_gets_nothing_more_is_given_up_in_time()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster, GiveUpAfter(seconds: 1));
        var stream = client.StreamAsync(1_000_000).GetAsyncEnumerator();
        for (var read = 0; read < 150_000; read++) await stream.MoveNextAsync();
        Assert.NotEmpty(cluster.Taken);
        cluster.Reserve = _ => new TaskCompletionSource<SlotReservation>().Task;
        cluster.Take = _ => new TaskCompletionSource<BulkSlots>().Task;

        // What had been fetched ahead comes first.
        Task<bool> next;
        do
        {
            next = stream.MoveNextAsync().AsTask();
            for (var passed = 0; passed < 1_050 && !next.IsCompleted; passed += 10) await PassAsync(10, 10);
        }
        while (next.IsCompletedSuccessfully);

        Assert.IsType<IdsUnavailableException>(next.Exception?.InnerException);
    }

    [Fact]
    public async Task An_array_beyond_a_second_of_all_workers_takes_several_bulks()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster, options => options.MaxAge = TimeSpan.FromHours(1));

        var answer = cluster.Take;
        cluster.Take = request =>
        {
            _time.AdvanceMilliseconds(4); // Two workers give 8 ms of slots at a time.
            return answer(request);
        };

        var ids = await client.NextAsync(9_000_000).AsTask().WaitAsync(Soon);

        Assert.Equal(-1, Enumerable.Range(1, ids.Length - 1).FirstOrDefault(index => ids[index - 1] >= ids[index], -1));
        Assert.True(cluster.Asked.Count < 10);
    }

    [Fact]
    public async Task A_stream_rises_from_one_bulk_to_the_next()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        cluster.Take = request =>
        {
            _time.AdvanceMilliseconds(4);
            return answer(request);
        };
        var (read, last, falls) = (0, -1L, 0);

        await foreach (var id in client.StreamAsync(20_000_000))
        {
            if (++read > ReaderPace.Evidence + 4_096 && id <= last) falls++;
            last = id;
        }

        Assert.Equal(0, falls);
        Assert.True(cluster.Asked.Count < 60); // Hardly anything came from the line.
    }

    [Theory]
    [InlineData(4_096, 5_000)]
    [InlineData(4_096, 8_200)]
    [InlineData(1, 3)]
    public async Task A_reader_in_bursts_costs_little_more_than_it_reads(int maxBatch, int burst)
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster, options => options.MaxBatch = maxBatch);
        var read = 0L;

        await foreach (var _ in client.StreamAsync(burst * 100))
        {
            if (++read % burst == 0) _time.AdvanceMilliseconds(20);
        }

        Assert.InRange(client.Totals.Expired, 0, 4 * client.Totals.HandedOut);
    }

    [Fact]
    public async Task Workers_that_refuse_bulks_are_left_alone_for_a_while()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);
        cluster.Take = _ => Task.FromResult(new BulkSlots(0, [], "Too many bulk requests at once", TimeSpan.FromSeconds(1)));

        for (var array = 0; array < 100; array++) await client.NextAsync(10_000).AsTask().WaitAsync(Soon);
        Assert.Equal(3, cluster.Taken.Count);
        _time.AdvanceMilliseconds(1_000);
        await client.NextAsync(10_000).AsTask().WaitAsync(Soon);

        Assert.Equal(6, cluster.Taken.Count);
    }

    [Fact]
    public async Task A_worker_whose_clock_leads_holds_up_nobody()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        var lead = 5_000L << Layout.SequenceBits;
        cluster.Reserve = request => Task.FromResult(cluster.Give(request) is var slots && request.Worker == 2 ? slots with { First = slots.First + lead } : slots);
        cluster.Take = request => Task.FromResult(cluster.GiveBulk(request) is var slots && request.Worker == 2
            ? new BulkSlots(slots.Now + 5_000, [slots.Ranges[0] with { First = slots.Ranges[0].First + lead }])
            : slots);
        using var client = await KnownAsync(cluster);

        // Time stands still, and whoever served the line last leads in a third of them.
        for (var stream = 0; stream < 12; stream++)
            Assert.Equal(100_000, await client.StreamAsync(100_000).Distinct().CountAsync().AsTask().WaitAsync(Soon));

        Assert.NotEmpty(cluster.Taken);
        Assert.InRange(client.Totals.Expired, 0, client.Totals.HandedOut);
    }

    [Fact]
    public async Task A_worker_that_answers_with_nothing_at_all_is_avoided()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        cluster.Take = request => request.Worker == 2 ? Task.FromResult(default(BulkSlots)) : answer(request);

        await client.NextAsync(60_000).AsTask().WaitAsync(Soon);

        Assert.Equal(2, Assert.Single(client.Problems).Worker);
    }

    [Fact]
    public async Task Workers_hear_nothing_of_the_callers_request_context()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        var heard = new ConcurrentQueue<object?>();
        cluster.Take = request =>
        {
            heard.Enqueue(RequestContext.Get("tenant"));
            return answer(request);
        };

        RequestContext.Set("tenant", "blue");
        await client.NextAsync(10_000);
        RequestContext.Clear();

        Assert.NotEmpty(heard);
        Assert.All(heard, Assert.Null);
    }

    [Fact]
    public async Task Those_who_wait_for_many_workers_count_as_waiters()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        var client = await KnownAsync(cluster);
        cluster.Take = _ => new TaskCompletionSource<BulkSlots>().Task;

        var calls = Enumerable.Range(0, 6).Select(_ => client.NextAsync(10_000).AsTask()).ToList();

        await Task.WhenAll(calls.Skip(4)).WaitAsync(Soon);
        Assert.All(calls.Take(4), call => Assert.False(call.IsCompleted));
        Assert.Equal(4, client.Totals.Waiters);
        Assert.Equal(8, cluster.Taken.Count); // More than four at once go to the line.
        client.Dispose();
        foreach (var call in calls.Take(4)) await Assert.ThrowsAsync<ObjectDisposedException>(() => call.WaitAsync(Soon));
        Assert.Equal(0, client.Totals.Waiters);
    }

    [Fact]
    public async Task What_a_stream_held_when_the_client_was_disposed_is_counted_in_the_end()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var instruments = new ClientInstruments(TestClient.Meters);
        var client = TestClient.New(cluster.Grains, _time, instruments: instruments);
        await client.NextAsync();
        await using (var stream = client.StreamAsync(300_000).GetAsyncEnumerator())
        {
            for (var read = 0; read < 150_000; read++) await stream.MoveNextAsync();
            await client.DisposeAsync();
            _ = instruments.Totals();
        }

        Assert.NotEmpty(cluster.Taken);
        Assert.Equal(150_001, instruments.Totals().HandedOut);
        Assert.True(client.IsOver);
    }

    [Fact]
    public async Task After_the_end_a_stream_calls_no_worker()
    {
        for (var read = 140_000; read < 140_000 + 4_097; read += 241)
        {
            var cluster = new FakeCluster(_time, workers: 2);
            var client = await KnownAsync(cluster);
            var stream = client.StreamAsync(1_000_000).GetAsyncEnumerator();
            for (var index = 0; index < read; index++) await stream.MoveNextAsync();
            await client.DisposeAsync();
            var (asked, taken) = (cluster.Asked.Count, cluster.Taken.Count);

            await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.MoveNextAsync());

            Assert.Equal((asked, taken), (cluster.Asked.Count, cluster.Taken.Count));
        }
    }

    [Fact]
    public async Task A_log_that_throws_does_not_throw_on_the_thread_of_a_timer()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = TestClient.New(cluster.Grains, _time, logger: new ThrowingLog());
        await client.NextAsync();
        var answer = cluster.Take;
        cluster.Take = request => request.Worker == 1 ? new TaskCompletionSource<BulkSlots>().Task : answer(request);
        var calls = Enumerable.Range(0, 2).Select(_ => client.NextAsync(10_000).AsTask()).ToList();

        Assert.Null(Record.Exception(() => _time.Advance(MergedBulk.Bound))); // Silent twice, which is worth a line.
        await Task.WhenAll(calls).WaitAsync(Soon);
    }

    [Fact]
    public async Task A_single_id_waits_for_no_more_than_one_batch_of_streams()
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
        var streams = Enumerable.Range(0, 20).Select(_ => client.StreamAsync(1_000_000).CountAsync().AsTask()).ToList();
        await cluster.UntilAskedAsync(1);
        var single = client.NextAsync().AsTask();

        for (var batch = 1; batch <= 2 && !single.IsCompleted; batch++)
        {
            var (request, answer) = await requests.Reader.ReadAsync().AsTask().WaitAsync(Soon);
            answer.SetResult(cluster.Give(request));
            await cluster.UntilAskedAsync(batch + 1);
        }

        await single.WaitAsync(Soon);
        Assert.All(streams, stream => Assert.False(stream.IsCompleted));
    }

    private static Action<IdGeneratorClientOptions> GiveUpAfter(int seconds) => options =>
        (options.GiveUpAfter, options.CallTimeout) = (TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(1));

    /// <summary>A client that knows who is alive.</summary>
    private async Task<IdGeneratorClient> KnownAsync(FakeCluster cluster, Action<IdGeneratorClientOptions>? configure = null)
    {
        var client = TestClient.New(cluster.Grains, _time, configure);
        await client.NextAsync();
        return client;
    }

    private async Task PassAsync(int milliseconds, int step)
    {
        for (var passed = 0; passed < milliseconds; passed += step)
        {
            _time.AdvanceMilliseconds(step);
            await Task.Delay(1);
        }
    }
}
