using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Client;
using IdGenerator.Testing;

namespace IdGenerator.Client.Tests;

public sealed class RangeMergeTests
{
    private const long Bound = 100;

    private enum Move
    {
        Ask,
        Answer,
        Fail,
        GoOn,
        Read,
    }

    private static readonly Gen<(Move Move, int Worker, int Count, int Back)> Moves =
        from move in Gen.Frequency(
            (5, Gen.Constant(Move.Ask)), (5, Gen.Constant(Move.Answer)), (8, Gen.Constant(Move.Read)), (1, Gen.Constant(Move.GoOn)),
            (1, Gen.Frequency((1, Gen.Constant(Move.Fail)), (9, Gen.Constant(Move.Read)))))
        from worker in Gen.Choose(0, 3)
        from count in Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, 10_000))
        from back in Gen.OneOf(Gen.Constant(0), Gen.Choose(0, 300))
        select (move, worker, count, back);

    /// <summary>Workers of any clock, which answer early, late, twice the same or never.</summary>
    [Fact]
    public void Whatever_comes_IDs_that_are_read_rise_were_given_and_are_read_once_and_the_others_are_counted() => Check.One(
        Cases.Of(3_000),
        Prop.ForAll(
            (from moves in Moves.ListOf()
             from clocks in Gen.OneOf(Gen.Choose(-5, 5), Gen.Choose(-3_000, 3_000)).ArrayOf(4)
             select (moves, clocks)).ToArbitrary(),
            world =>
            {
                int[] workers = [7, 3, 900, 12];
                var merge = new RangeMerge(workers, Bound);
                var asked = new long?[4];
                long now = 0, given = 0, read = 0, last = -1;
                var ranges = new List<IdRange>();
                foreach (var (move, worker, count, back) in world.moves)
                {
                    now += count % 4;
                    if (move == Move.Ask && merge.CanAsk(worker, 20_000))
                    {
                        merge.Ask(worker, count);
                        asked[worker] = now;
                    }
                    else if (move == Move.Answer && asked[worker] is { } askedAt)
                    {
                        asked[worker] = null;
                        var clock = 1_000_000 + world.clocks[worker] + now;
                        var slots = new SlotRange((clock - back) << 12 | (long)(count % 4_096), count);
                        merge.Add(worker, new(clock, [new(slots.First, slots.Count)]), askedAt, now);
                        ranges.Add(new(workers[worker], slots));
                        given += count;
                    }
                    else if (move == Move.Fail && asked[worker] is not null)
                    {
                        asked[worker] = null;
                        merge.Fail(worker);
                    }
                    else if (move == Move.GoOn)
                    {
                        merge.GoOn();
                    }
                    else if (move == Move.Read && merge.TryRead(count, now, out var ids))
                    {
                        Assert.InRange(ids.Count, 1, count);
                        Assert.True(ids[0] > last, "IDs rise");
                        Assert.Equal(ids.Count - 1, ids[ids.Count - 1] - ids[0]);
                        Assert.Contains(ranges, range =>
                            range.Worker == ids.Worker && range.Slots.First <= ids.Slots.First && ids.Slots.End <= range.Slots.End);
                        last = ids[ids.Count - 1];
                        read += ids.Count;
                    }

                    Assert.Equal(given, read + merge.Late + merge.Astray + merge.Queued);
                    Assert.True(merge.Asked >= 0);
                }
            }));

    /// <summary>Clocks apart by less than the bound, answers that nobody has to wait for too long.</summary>
    [Fact]
    public void Where_every_worker_answers_in_time_every_ID_that_is_given_is_read() => Check.One(
        Cases.Of(500),
        Prop.ForAll(
            (from workers in Gen.Choose(1, 6)
             from clocks in Gen.Choose(0, 49).ArrayOf(6)
             from seed in Gen.Choose(0, int.MaxValue)
             select (workers, clocks, seed)).ToArbitrary(),
            world =>
            {
                var random = new Random(world.seed);
                var merge = new RangeMerge([.. Enumerable.Range(0, world.workers)], Bound);
                var next = world.clocks.Select(clock => (long)clock << 12).ToArray();
                var asked = new bool[world.workers];
                long given = 0, read = 0;
                for (var now = 1; now < 200; now++)
                {
                    Read(now);
                    for (var worker = 0; worker < world.workers; worker++)
                    {
                        if (!asked[worker] || (random.Next(4) == 0 && now < 199)) continue;
                        var clock = now + world.clocks[worker];
                        var count = (int)Math.Min(((clock + 1L) << 12) - next[worker], random.Next(1, 9_000));
                        if (count == 0) continue;
                        merge.Add(worker, new(clock, [new(next[worker], count)]), now - 1, now);
                        (asked[worker], next[worker], given) = (false, next[worker] + count, given + count);
                    }
                }

                while (merge.TryRead(5_000, 200, out var ids)) read += ids.Count;
                for (var worker = 0; worker < world.workers; worker++)
                {
                    // Nothing was left but what waits for those that were asked and have nothing more to give.
                    if (asked[worker]) merge.Fail(worker);
                }

                while (merge.TryRead(5_000, 200, out var ids)) read += ids.Count;
                Assert.Equal((given, 0, 0), (read, merge.Late, merge.Astray));

                void Read(int now)
                {
                    do
                    {
                        for (var worker = 0; worker < world.workers; worker++)
                        {
                            if (!merge.CanAsk(worker, 50_000)) continue;
                            merge.Ask(worker, 9_000);
                            asked[worker] = true;
                        }
                    }
                    while (merge.TryRead(random.Next(1, 5_000), now, out var ids) && (read += ids.Count) > 0);
                }
            }));

    [Fact]
    public void IDs_come_by_timestamp_then_by_worker()
    {
        var merge = new RangeMerge([5, 2], Bound);
        Give(merge, 0, now: 11, (10, 0, 2), (11, 0, 1));
        Give(merge, 1, now: 11, (10, 5, 1), (11, 7, 2));

        Assert.Equal([Id(10, 2, 5), Id(10, 5, 0), Id(10, 5, 1), Id(11, 2, 7), Id(11, 2, 8), Id(11, 5, 0)], ReadAll(merge));
    }

    [Fact]
    public void Nothing_is_read_below_which_a_worker_that_was_asked_may_still_give_something()
    {
        var merge = new RangeMerge([1, 2], Bound);
        Give(merge, 0, now: 12, (12, 0, 3));
        Give(merge, 1, now: 12, (11, 0, 4_096));
        merge.Ask(1, 1);

        // Worker 2 has given all of 11, so worker 1 is first in 12.
        Assert.Equal(4_096 + 3, ReadAll(merge).Count);

        Give(merge, 0, now: 13, (13, 0, 1));
        Assert.Empty(ReadAll(merge));
        merge.Add(1, new(13, [new(12L << 12, 1)]), 0, 13);
        Assert.Equal([Id(12, 2, 0), Id(13, 1, 0)], ReadAll(merge));
    }

    [Fact]
    public void A_worker_that_was_not_asked_is_not_waited_for()
    {
        var merge = new RangeMerge([1, 2], Bound);
        Give(merge, 0, now: 12, (12, 0, 1));

        Assert.Equal([Id(12, 1, 0)], ReadAll(merge));
    }

    [Fact]
    public void What_comes_too_late_is_dropped_up_to_the_part_that_fits()
    {
        var merge = new RangeMerge([1, 2], Bound);
        merge.Ask(1, 10_000);
        Give(merge, 0, now: 20, (20, 0, 100));
        Assert.Empty(ReadAll(merge));
        Assert.True(merge.GoOn());
        Assert.Equal(100, ReadAll(merge).Count);

        merge.Add(1, new(20, [new(19L << 12, 4_096 + 5)]), 0, 20);

        Assert.Equal(4_096, merge.Late);
        Assert.Equal(Enumerable.Range(0, 5).Select(sequence => Id(20, 2, sequence)), ReadAll(merge));
    }

    [Fact]
    public void Only_IDs_above_the_one_that_was_named_come_out()
    {
        var merge = new RangeMerge([1, 2], Bound, above: Id(20, 1, 7));
        Give(merge, 0, now: 20, (20, 0, 10));
        Give(merge, 1, now: 20, (19, 0, 3), (20, 0, 1));

        Assert.Equal([Id(20, 1, 8), Id(20, 1, 9), Id(20, 2, 0)], ReadAll(merge));
        Assert.Equal(8 + 3, merge.Late);
    }

    [Fact]
    public void IDs_above_an_age_are_dropped_by_the_clock_of_their_worker()
    {
        var merge = new RangeMerge([1, 2], Bound);
        Give(merge, 0, now: 20, (18, 4_000, 100), (20, 0, 5));
        Give(merge, 1, now: 20, (19, 4_095, 2));

        merge.DropOld(maxAge: 10, now: 30); // Each clock showed 20 at 20.

        Assert.Equal(100 + 1, merge.Late);
        Assert.Equal([Id(20, 1, 0), Id(20, 1, 1), Id(20, 1, 2), Id(20, 1, 3), Id(20, 1, 4), Id(20, 2, 0)], ReadAll(merge));
        Assert.Equal(0, merge.Queued);
    }

    [Fact]
    public void Of_its_own_millisecond_a_lower_worker_is_too_late_altogether()
    {
        var merge = new RangeMerge([1, 2], Bound);
        Give(merge, 1, now: 20, (20, 0, 1));
        Assert.Single(ReadAll(merge));

        Give(merge, 0, now: 20, (20, 0, 4_096 + 2));

        Assert.Equal(4_096, merge.Late);
        Assert.Equal([Id(21, 1, 0), Id(21, 1, 1)], ReadAll(merge));
    }

    [Fact]
    public void A_worker_that_was_late_is_waited_for_again_once_it_has_answered()
    {
        var merge = new RangeMerge([1, 2], Bound);
        merge.Ask(1, 1);
        merge.GoOn();
        merge.Add(1, new(10, [new(10L << 12, 1)]), 0, 10);
        Assert.Single(ReadAll(merge));

        merge.Ask(1, 1);
        Give(merge, 0, now: 11, (11, 0, 1));

        Assert.Empty(ReadAll(merge));
    }

    [Theory]
    [InlineData(60_000, 0, 0, 0)]
    [InlineData(0, 0, 60_000, 2)]
    [InlineData(0, -60_000, 0, 1)]
    [InlineData(101, 0, 0, 0)]
    [InlineData(0, 60_000, 60_000, 0)]
    public void A_worker_whose_clock_is_further_than_the_bound_from_the_middle_one_is_left_out(int first, int second, int third, int astray)
    {
        int[] clocks = [first, second, third];
        var merge = new RangeMerge([0, 1, 2], Bound);
        for (var worker = 0; worker < 3; worker++) merge.Ask(worker, 10);
        for (var worker = 0; worker < 3; worker++)
        {
            var clock = 100_100L + clocks[worker];
            merge.Add(worker, new(clock, [new(clock << 12, 10)]), 100, 100);
        }

        Assert.Equal((2, 10L), (merge.Live, merge.Astray));
        Assert.False(merge.CanAsk(astray, int.MaxValue));
        Assert.DoesNotContain(ReadAll(merge), id => new SnowflakeId(id).Worker == astray);
    }

    [Fact]
    public void Of_two_workers_the_one_whose_clock_leads_is_left_out()
    {
        var merge = new RangeMerge([0, 1], Bound);
        merge.Ask(1, 10);
        Give(merge, 0, now: 100, clock: 160_000, count: 10);
        merge.Add(1, new(100_000, [new(100_000L << 12, 10)]), 100, 100);

        Assert.Equal(10, merge.Astray);
        Assert.Equal(Enumerable.Range(0, 10).Select(sequence => Id(100_000, 1, sequence)), ReadAll(merge));
    }

    [Fact]
    public void Once_the_answer_has_gone_on_with_a_clock_that_leads_that_clock_is_the_measure()
    {
        var merge = new RangeMerge([0, 1], Bound);
        merge.Ask(1, 10);
        Give(merge, 0, now: 100, clock: 160_000, count: 10);
        merge.GoOn();
        Assert.Equal(10, ReadAll(merge, now: 200).Count);

        merge.Add(1, new(100_100, [new(100_100L << 12, 10)]), 0, 200);

        Assert.Equal(1, merge.Live);
        Assert.True(merge.CanAsk(0, 1));
        Assert.False(merge.CanAsk(1, 1));
    }

    [Fact]
    public void A_slow_answer_says_nothing_about_the_clock()
    {
        var merge = new RangeMerge([0, 1, 2], Bound);
        for (var worker = 0; worker < 3; worker++) merge.Ask(worker, 10);
        // All clocks are equal; that of worker 2 was read 5 s before its answer came.
        merge.Add(0, new(5_000, [new(5_000L << 12, 10)]), 5_000, 5_000);
        merge.Add(1, new(5_000, [new(5_000L << 12, 10)]), 5_000, 5_000);
        merge.Add(2, new(1, [new(1L << 12, 10)]), 0, 5_000);

        Assert.Equal((3, 0L), (merge.Live, merge.Astray));
    }

    [Fact]
    public void A_worker_is_asked_from_its_last_timestamp_on_and_for_nothing_that_is_too_late()
    {
        var merge = new RangeMerge([1, 2], Bound);
        Assert.Null(merge.Since(0));
        Give(merge, 0, now: 12, (12, 0, 1));
        Assert.Equal(12, merge.Since(0));
        Give(merge, 1, now: 15, (15, 0, 1));
        ReadAll(merge);

        Assert.Equal((16, 15), (merge.Since(0), merge.Since(1)));
    }

    [Fact]
    public void Slots_that_a_worker_gives_for_the_second_time_are_dropped()
    {
        var merge = new RangeMerge([1], Bound);
        Give(merge, 0, now: 12, (12, 0, 10));
        Give(merge, 0, now: 12, (12, 5, 10));

        Assert.Equal(5, merge.Late);
        Assert.Equal(Enumerable.Range(0, 15).Select(sequence => Id(12, 1, sequence)), ReadAll(merge));
    }

    private static long Id(long timestamp, int worker, int sequence) => SnowflakeId.Compose(timestamp << 12 | (long)sequence, worker);

    private static void Give(RangeMerge merge, int worker, long now, params (long Timestamp, int Sequence, int Count)[] ranges)
    {
        merge.Ask(worker, 1);
        merge.Add(worker, new(now, [.. ranges.Select(range => new SlotReservation(range.Timestamp << 12 | (long)range.Sequence, range.Count))]), now, now);
    }

    private static void Give(RangeMerge merge, int worker, long now, long clock, int count)
    {
        merge.Ask(worker, count);
        merge.Add(worker, new(clock, [new(clock << 12, count)]), now, now);
    }

    private static List<long> ReadAll(RangeMerge merge, long now = 1_000)
    {
        var all = new List<long>();
        while (merge.TryRead(int.MaxValue, now, out var ids))
        {
            for (var index = 0; index < ids.Count; index++) all.Add(ids[index]);
        }

        return all;
    }
}
