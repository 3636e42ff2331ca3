namespace IdGenerator.Client.Tests;

public sealed class IdBatchTests
{
    [Fact]
    public void Hands_out_each_id_once_in_order()
    {
        var ids = new IdRange(3, new(100, 5));
        var batch = new IdBatch(ids, askedAt: 0);

        Assert.True(batch.TryTake(2, out var first, out var crossesHalf));
        Assert.Equal((new IdRange(3, new(100, 2)), false, 3), (first, crossesHalf, batch.Left));
        Assert.True(batch.TryTake(9, out var rest, out crossesHalf));
        Assert.Equal((new IdRange(3, new(102, 3)), true, 0), (rest, crossesHalf, batch.Left));
        Assert.False(batch.TryTake(1, out _, out _));
    }

    [Fact]
    public void A_count_beyond_all_that_is_left_takes_what_is_left_and_no_more()
    {
        var batch = new IdBatch(new(3, new(100, 5)), askedAt: 0);
        Assert.True(batch.TryTake(2, out _, out _));

        Assert.True(batch.TryTake(int.MaxValue, out var rest, out var crossesHalf));

        Assert.Equal((new IdRange(3, new(102, 3)), true, 0), (rest, crossesHalf, batch.Left));
        Assert.False(batch.TryTake(int.MaxValue, out var none, out _));
        Assert.Equal(0, none.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(4_096)]
    public void One_taking_crosses_the_half(int size)
    {
        var batch = new IdBatch(new(0, new(0, size)), askedAt: 0);
        var crossings = 0;
        while (batch.TryTake(1, out _, out var crossesHalf)) crossings += crossesHalf ? 1 : 0;
        Assert.Equal(1, crossings);
    }

    [Fact]
    public async Task Hands_out_each_id_once_to_many_threads()
    {
        for (var round = 0; round < 200; round++)
        {
            var batch = new IdBatch(new(0, new(0, 4_000)), askedAt: 0);
            using var start = new Barrier(3);
            var taken = await Task.WhenAll(Enumerable.Range(1, 3).Select(count => Task.Factory.StartNew(
                () => TakeAll(batch, count, start), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
            Assert.Equal(Enumerable.Range(0, 4_000).Select(id => (long)id), taken.SelectMany(ids => ids).Order());
        }

        static List<long> TakeAll(IdBatch batch, int count, Barrier start)
        {
            var mine = new List<long>();
            start.SignalAndWait();
            while (batch.TryTake(count, out var ids, out _))
            {
                for (var i = 0; i < ids.Count; i++) mine.Add(ids.Slots.First + i);
            }

            return mine;
        }
    }
}
