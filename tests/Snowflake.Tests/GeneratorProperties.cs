using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Testing;

namespace IdGenerator.Snowflake.Tests;

public sealed class GeneratorProperties
{
    private enum Move
    {
        Reserve,
        Advance,
        StepWall,
        Renew,
    }

    private static readonly Gen<(Move Move, int Amount)> Moves = Gen.Frequency(
        (6, Gen.Choose(1, 10_000).Select(count => (Move.Reserve, count))),
        (4, Gen.OneOf(Gen.Choose(0, 3), Gen.Choose(0, 20_000)).Select(ms => (Move.Advance, ms))),
        (2, Gen.OneOf(Gen.Choose(-20, 20), Gen.Choose(-4_000_000, 4_000_000)).Select(ms => (Move.StepWall, ms))),
        (1, Gen.Constant((Move.Renew, 0))));

    [Fact]
    public void Whatever_the_clocks_do_slots_rise_stay_below_the_fence_and_within_the_lead() => Check.One(
        Cases.Of(2_000),
        Prop.ForAll(
            (from moves in Moves.ListOf()
             from rolling in Gen.Elements(true, false)
             from reserved in Gen.Choose(0, 60_000)
             select (moves, rolling, reserved)).ToArbitrary(),
            trace =>
            {
                var bench = new Bench(rollingStart: trace.rolling, until: 0);
                var until = bench.Clock.Wall + trace.reserved;
                bench.Generator.Admit(from: 0, until);
                long end = 0;
                long? since = null;
                foreach (var (move, amount) in trace.moves)
                {
                    switch (move)
                    {
                        case Move.Advance:
                            bench.Time.AdvanceMilliseconds(amount);
                            break;
                        case Move.StepWall:
                            bench.Time.StepWall(TimeSpan.FromMilliseconds(amount));
                            break;
                        case Move.Renew:
                            bench.Renew();
                            break;
                        default:
                            if (bench.Generator.TryReserve(amount, since, out var range) != ReserveStatus.Reserved) break;
                            Assert.InRange(range.Count, 1, amount);
                            Assert.True(range.First >= end, "slots rise");
                            Assert.True((range.End - 1) >> 12 < until, "below the fence");
                            Assert.True((range.End - 1) >> 12 <= bench.Clock.Wall + 1_000, "within the lead");
                            end = range.End;
                            since = amount % 2 == 0 ? range.Timestamp : null;
                            break;
                    }
                }
            }));

    [Fact]
    public async Task Ranges_reserved_by_many_threads_at_once_never_overlap()
    {
        var time = TimeProvider.System;
        var clock = new LogicalClock(time, new() { MaxLead = 1_000 });
        var generator = new SlotGenerator(clock);
        generator.Adopt(clock.Start(floor: 0));
        generator.Admit(from: 0, until: long.MaxValue);

        var ranges = await Task.WhenAll(Enumerable.Range(1, 4).Select(thread => Task.Run(() =>
        {
            var mine = new List<SlotRange>();
            while (mine.Count < 20_000)
            {
                if (generator.TryReserve(thread * mine.Count % 17 + 1, since: null, out var range)
                    == ReserveStatus.Reserved) mine.Add(range);
            }

            Assert.All(mine.Zip(mine.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.First));
            return mine;
        })));

        var all = ranges.SelectMany(mine => mine).OrderBy(range => range.First).ToList();
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.First));
        Assert.Equal(all.Sum(range => (long)range.Count), generator.Issued);
    }
}
