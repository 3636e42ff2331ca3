namespace IdGenerator.Promises;

/// <summary>What <see cref="IIdGenerator"/> promises of every implementation. The tests of an implementation derive from it.</summary>
public abstract class IdGeneratorContract : IAsyncLifetime
{
    /// <summary>Far longer than anything here takes.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    private IIdGenerator _ids = null!;

    /// <summary>A generator that has IDs, on the clocks of the machine.</summary>
    protected abstract Task<IIdGenerator> OpenAsync();

    protected abstract Task CloseAsync();

    public async Task InitializeAsync() => _ids = await OpenAsync();

    public Task DisposeAsync() => CloseAsync();

    [Fact]
    public async Task No_id_comes_twice_whatever_threads_ask_for_it_and_however()
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(TakeInEachWayAsync))).WaitAsync(Soon);

        var all = taken.SelectMany(ids => ids).ToList();
        Assert.True(all.Count > 8 * 3_000);
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.DoesNotContain(all, id => id <= 0);
    }

    [Fact]
    public async Task Arrays_memory_and_streams_have_exactly_as_many_ids_as_were_asked_for()
    {
        var memory = new long[10_002];
        await _ids.FillAsync(memory.AsMemory(1, 10_000)).AsTask().WaitAsync(Soon);
        await _ids.FillAsync(Memory<long>.Empty);
        var array = await _ids.NextAsync(10_000).AsTask().WaitAsync(Soon);
        var stream = await _ids.StreamAsync(10_000).ToListAsync();

        Assert.Empty(await _ids.NextAsync(0));
        Assert.Empty(await _ids.StreamAsync(0).ToListAsync());
        Assert.Equal((0, 0), (memory[0], memory[^1]));
        Assert.Equal(30_000, memory[1..^1].Concat(array).Concat(stream).Distinct().Count());
    }

    [Fact]
    public async Task Ids_bear_the_time_at_which_they_were_asked_for()
    {
        var before = DateTimeOffset.UtcNow;
        var one = await _ids.NextAsync().AsTask().WaitAsync(Soon);
        long[] ids = [one, .. await _ids.NextAsync(5_000).AsTask().WaitAsync(Soon)];

        // An ID may be as old as the maximum age, and ahead of the clock by as many milliseconds as were used up ahead.
        Assert.All(ids, id => Assert.InRange(new SnowflakeId(id).CreatedAt, before.AddSeconds(-1.1), DateTimeOffset.UtcNow.AddSeconds(1)));
    }

    [Fact]
    public async Task A_cancelled_token_ends_every_call()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _ids.NextAsync(cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _ids.NextAsync(0, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _ids.NextAsync(5, cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _ids.FillAsync(new long[5], cancelled.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _ids.StreamAsync(5, cancelled.Token).FirstAsync());
    }

    [Fact]
    public async Task A_stream_ends_at_the_element_after_its_token_was_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var read = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _ids.StreamAsync(100_000, cancellation.Token))
                if (++read == 3) await cancellation.CancelAsync();
        });

        Assert.Equal(3, read);
    }

    [Fact]
    public void Wrong_counts_are_refused_at_the_call()
    {
        // In the call itself, and not in the task that it returns.
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = _ids.NextAsync(-1).AsTask(); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = _ids.NextAsync(int.MaxValue).AsTask(); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = _ids.StreamAsync(-1); });
    }

    private async Task<List<long>> TakeInEachWayAsync()
    {
        List<long> taken = [];
        for (var i = 0; i < 1_000; i++)
        {
            if (_ids.TryNext(out var id)) taken.Add(id);
            taken.Add(await _ids.NextAsync());
        }

        taken.AddRange(await _ids.NextAsync(1_000));
        await foreach (var id in _ids.StreamAsync(1_000)) taken.Add(id);
        return taken;
    }
}
