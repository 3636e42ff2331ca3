using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

/// <summary>Calls for more IDs than one request brings: from all healthy workers at once.</summary>
public sealed class ManyWorkersTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(2, 4_097)]
    [InlineData(3, 100_000)]
    [InlineData(5, 1_000_000)]
    public async Task A_large_array_rises_and_comes_from_all_workers_beside_the_line(int workers, int count)
    {
        var cluster = new FakeCluster(_time, workers);
        using var client = await KnownAsync(cluster);
        var before = cluster.Asked.Count;

        var ids = await client.NextAsync(count).AsTask().WaitAsync(Soon);

        Assert.Equal(count, ids.Length);
        AssertRise(ids);
        Assert.Equal(workers, ids.Select(id => new SnowflakeId(id).Worker).Distinct().Count());
        Assert.Equal(before, cluster.Asked.Count);
        Assert.Equal(count + 1, client.Totals.HandedOut);
        Assert.Equal(cluster.Taken.Sum(request => (long)request.Count) - count, client.Totals.Expired);
    }

    [Fact]
    public async Task A_long_stream_rises_and_comes_from_all_workers()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);

        var ids = await client.StreamAsync(300_000).ToListAsync().AsTask().WaitAsync(Soon);

        Assert.Equal(300_000, ids.Count);
        AssertRise(ids.Skip(ReaderPace.Evidence + 4_096)); // The first are of one worker at a time, until the reader has shown its pace.
        Assert.Equal([0, 1, 2], ids.Select(id => new SnowflakeId(id).Worker).Distinct().Order());
        Assert.Equal(300_001, client.Totals.HandedOut);
    }

    [Fact]
    public async Task An_array_that_one_request_can_bring_comes_from_one_worker()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);

        var ids = await client.NextAsync(4_096).AsTask().WaitAsync(Soon);

        Assert.Equal(4_096, ids.Distinct().Count());
        Assert.Empty(cluster.Taken);
    }

    [Fact]
    public async Task Nothing_is_fetched_from_many_workers_for_a_reader_that_one_could_serve()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);

        await foreach (var _ in client.StreamAsync(10_000)) _time.Advance(TimeSpan.FromMicroseconds(1));

        Assert.Empty(cluster.Taken);
    }

    [Fact]
    public async Task A_reader_that_becomes_slow_gets_no_id_above_the_maximum_age()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);
        var read = 0;
        var oldest = 0L;

        await foreach (var id in client.StreamAsync(200_000))
        {
            oldest = Math.Max(oldest, Now - new SnowflakeId(id).Timestamp);
            if (++read is > 100_000 and < 100_040) _time.AdvanceMilliseconds(300);
        }

        Assert.NotEmpty(cluster.Taken);
        Assert.Equal(200_000, read);
        Assert.InRange(oldest, 0, 1_000);
    }

    [Fact]
    public async Task Others_wait_for_a_worker_that_hangs_until_the_bound_once_and_then_it_is_not_asked()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        cluster.Take = request => request.Worker == 1 ? new TaskCompletionSource<BulkSlots>().Task : answer(request);
        var first = client.NextAsync(100_000).AsTask();
        _time.Advance(MergedBulk.Bound);

        Assert.DoesNotContain(await first.WaitAsync(Soon), id => new SnowflakeId(id).Worker == 1);
        Assert.Equal(1, Assert.Single(client.Problems).Worker);
        cluster.Taken.Clear();
        Assert.Equal(100_000, (await client.NextAsync(100_000).AsTask().WaitAsync(Soon)).Distinct().Count());
        Assert.DoesNotContain(cluster.Taken, request => request.Worker == 1);
    }

    [Fact]
    public async Task The_line_serves_where_no_worker_takes_part_and_a_worker_with_no_room_for_bulks_is_not_avoided()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster);
        cluster.Take = _ => Task.FromResult(new BulkSlots(0, [], "Too many bulk requests at once", TimeSpan.FromSeconds(1)));

        Assert.Equal(10_000, (await client.NextAsync(10_000).AsTask().WaitAsync(Soon)).Distinct().Count());
        Assert.Equal(100_000, await client.StreamAsync(100_000).Distinct().CountAsync().AsTask().WaitAsync(Soon));

        Assert.NotEmpty(cluster.Taken);
        Assert.Empty(client.Problems);
    }

    [Fact]
    public async Task An_array_that_takes_longer_than_the_maximum_age_is_left_to_the_line()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        cluster.Take = async request =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(90), _time);
            return await answer(request);
        };
        var call = client.NextAsync(1_000_000).AsTask();
        for (var wait = 0; wait < 500 && !call.IsCompleted; wait++)
        {
            await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(10);
            await Task.Delay(1);
        }

        var ids = await call.WaitAsync(Soon);

        Assert.Equal(1_000_000, ids.Distinct().Count());
        Assert.Equal(1_000_001, client.Totals.HandedOut);
        Assert.All(ids, id => Assert.True(Now - new SnowflakeId(id).Timestamp <= 1_000));
    }

    [Theory]
    [InlineData(-5, 10)]
    [InlineData(long.MaxValue, 10)]
    [InlineData(4_096, 0)]
    [InlineData(4_096, 1_000_000)]
    [InlineData(4_096, -3)]
    [InlineData(8_191, 10)] // Overlaps with what follows it.
    public async Task An_answer_that_cannot_be_right_is_not_used(long first, int count)
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        cluster.Take = request => request.Worker == 2 ? Task.FromResult(new BulkSlots(1, [new(first, count), new(8_200, 5)])) : answer(request);

        var ids = await client.NextAsync(60_000).AsTask().WaitAsync(Soon);

        Assert.DoesNotContain(ids, id => new SnowflakeId(id).Worker == 2);
        Assert.Equal(2, Assert.Single(client.Problems).Worker);
    }

    [Fact]
    public async Task A_stream_and_an_array_end_when_their_token_is_cancelled_or_the_client_disposed()
    {
        var cluster = new FakeCluster(_time, workers: 2);
        var client = await KnownAsync(cluster);
        cluster.Take = _ => new TaskCompletionSource<BulkSlots>().Task;
        using var cancellation = new CancellationTokenSource();
        var cancelled = client.NextAsync(10_000, cancellation.Token).AsTask();
        var disposed = client.NextAsync(10_000).AsTask();
        var stream = client.StreamAsync(100_000).CountAsync().AsTask();

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(Soon));
        client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(Soon));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.WaitAsync(Soon));
    }

    [Fact]
    public async Task A_worker_that_has_come_back_takes_part_again()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = await KnownAsync(cluster);
        var answer = cluster.Take;
        cluster.Take = request => request.Worker == 1 ? throw new TimeoutException() : answer(request);
        await client.NextAsync(10_000).AsTask().WaitAsync(Soon);
        Assert.Equal(1, Assert.Single(client.Problems).Worker);

        cluster.Take = answer;
        _time.Advance(Workers.LongestAvoidance);
        var asked = cluster.Asked.Count;
        await client.NextAsync(10_000).AsTask().WaitAsync(Soon);
        await cluster.UntilAskedAsync(asked + 1);

        Assert.Empty(client.Problems);
        var ids = await client.NextAsync(10_000).AsTask().WaitAsync(Soon);
        Assert.Contains(ids, id => new SnowflakeId(id).Worker == 1);
    }

    [Fact]
    public async Task Where_the_maximum_age_leaves_no_time_to_merge_one_worker_serves()
    {
        var cluster = new FakeCluster(_time, workers: 3);
        using var client = TestClient.New(cluster.Grains, _time, options => options.MaxAge = TimeSpan.FromMilliseconds(799));
        await client.NextAsync();

        Assert.Equal(50_000, (await client.NextAsync(50_000).AsTask().WaitAsync(Soon)).Distinct().Count());

        Assert.Empty(cluster.Taken);
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds() - Layout.EpochUnixMilliseconds;

    /// <summary>A client that knows who is alive.</summary>
    private async Task<IdGeneratorClient> KnownAsync(FakeCluster cluster)
    {
        var client = TestClient.New(cluster.Grains, _time, options => options.MaxBatch = 4_096);
        await client.NextAsync();
        return client;
    }

    private static void AssertRise(IEnumerable<long> ids)
    {
        var last = -1L;
        foreach (var id in ids)
        {
            Assert.True(id > last);
            last = id;
        }
    }
}
