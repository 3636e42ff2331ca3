using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Idaudit.Auditing;
using IdGenerator.Idaudit.Reading;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class DuplicateTests
{
    [Fact]
    public void Of_any_streams_exactly_the_repeated_ids_are_found() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(100),
        Prop.ForAll(
            (from seed in Gen.Choose(0, int.MaxValue - 1)
             from different in Gen.Choose(1, 5_000)
             from repeats in Gen.Choose(0, 40)
             from streams in Gen.Choose(1, 5)
             select (seed, different, repeats, streams)).ToArbitrary(),
            trial =>
            {
                var random = new Random(trial.seed);
                var ids = new HashSet<long>();
                while (ids.Count < trial.different) ids.Add(random.NextInt64(trial.seed % 2 == 0 ? long.MaxValue : 20_000));
                var different = ids.ToArray();
                var again = random.GetItems(different, trial.repeats);
                long[] all = [.. different, .. again];
                random.Shuffle(all);
                var streams = all.Chunk(all.Length / trial.streams + 1).Select(part => Lines(part)).ToArray();

                var report = OfText(streams);

                Assert.Equal(all.Length, report.Ids);
                Assert.Equal(trial.repeats, report.Duplicates.Repeats);
                Assert.Equal(again.Distinct().Count(), report.Duplicates.Ids);
                Assert.Equal(
                    again.Distinct().Order().Take(Tally.MaxExamples).Select(id => $"{id}"),
                    report.Duplicates.Examples.Select(example => example.Value));
            }));

    [Fact]
    public void A_repeated_id_is_told_with_the_streams_and_positions_where_it_was_seen()
    {
        var report = OfText(Lines(Id(5), Id(6), Id(7)), "", Lines(Id(8), Id(6)));

        var example = Assert.Single(report.Duplicates.Examples);
        Assert.Equal($"{Id(6)}", example.Value);
        Assert.Equal([new("a", 2), new("c", 2)], example.Seen);
    }

    [Fact]
    public void Places_are_exact_across_the_borders_of_the_tables_chunks()
    {
        long[] ids = [.. Enumerable.Range(0, 2_500_000)];
        const int Last = IdTable.ChunkSize - 1;
        ids[Last + 1] = ids[2 * IdTable.ChunkSize - 1] = ids[Last];

        var report = Of(new() { Ordered = false }, Format.Binary, MemoryMarshal.AsBytes<long>(ids).ToArray());

        var example = Assert.Single(report.Duplicates.Examples);
        Assert.Equal([Last + 1, Last + 2, 2 * IdTable.ChunkSize], example.Seen.Select(seen => seen.Position));
    }

    [Fact]
    public void The_lowest_and_the_highest_id_can_be_repeated()
    {
        var report = OfText(Lines(0, long.MaxValue), Lines(long.MaxValue, 0));

        Assert.Equal(2, report.Duplicates.Repeats);
    }
}
