using FsCheck;
using FsCheck.Fluent;
using IdGenerator.Idaudit.Auditing;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class TimestampTests
{
    [Fact]
    public void Timestamps_may_be_the_first_and_the_last_allowed_and_no_others()
    {
        var report = OfText(new Expectations { NotBefore = 5, NotAfter = 7 }, Lines(Id(4), Id(5), Id(7), Id(8)));

        Assert.Equal([$"{Id(4)}", $"{Id(8)}"], report.Clock!.Examples.Select(example => example.Value));
        Assert.Equal("2024-01-12T13:15:54.068Z is too early", report.Clock.Examples[0].Reason);
    }

    [Fact]
    public void What_is_not_asked_for_is_not_checked()
    {
        var report = OfText(Lines(Id(4)));

        Assert.Null(report.Clock);
        Assert.Null(report.Reserved);
    }

    [Fact]
    public void Reserved_ranges_begin_with_their_start_and_end_before_their_end()
    {
        var reserved = ReservedRanges.Parse(["# worker from until", "", "1 10 20 pod-1", "1 30 40"]);
        var ids = Lines(Id(9), Id(10), Id(19), Id(20), Id(30), Id(40));

        var report = OfText(new Expectations { Reserved = reserved }, ids);

        Assert.Equal([Id(9), Id(20), Id(40)], report.Reserved!.Examples.Select(example => long.Parse(example.Value)));
        Assert.Equal("worker 1 had not reserved 9", report.Reserved.Examples[0].Reason);
    }

    [Fact]
    public void A_worker_without_reserved_ranges_may_issue_nothing()
    {
        var report = OfText(new Expectations { Reserved = ReservedRanges.Parse(["1 0 100"]) }, Lines(Id(5, worker: 2)));

        Assert.Equal(1, report.Reserved!.Count);
    }

    [Fact]
    public void Ranges_that_touch_overlap_or_hold_each_other_cover_what_they_cover_one_by_one() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            (from ranges in Gen.ListOf(
                 from worker in Gen.Choose(0, 2)
                 from start in Gen.Choose(0, 60)
                 from length in Gen.Choose(0, 20)
                 select (worker, start, until: start + length))
             from probes in Gen.ListOf(
                 from worker in Gen.Choose(0, 2)
                 from time in Gen.Choose(0, 90)
                 select (worker, time))
             select (ranges, probes)).ToArbitrary(),
            trial =>
            {
                var lines = trial.ranges.Select(range => $"{range.worker} {range.start}\t{range.until} x y");
                var reserved = ReservedRanges.Parse(lines);

                foreach (var (worker, time) in trial.probes)
                {
                    var covers = trial.ranges.Any(range =>
                        range.worker == worker && range.start <= time && time < range.until);
                    Assert.Equal(covers, reserved.Covers(worker, time));
                }
            }));

    [Theory]
    [InlineData("1 10")]
    [InlineData("1024 10 20")]
    [InlineData("1 20 10")]
    [InlineData("one 10 20")]
    [InlineData("1 -10 20")]
    public void A_line_of_another_shape_is_refused_with_its_number(string line)
    {
        var failure = Assert.Throws<FormatException>(() => ReservedRanges.Parse(["1 10 20", line]));

        Assert.StartsWith("line 2 is not", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1705065354069", 5)]
    [InlineData("2024-01-12T13:15:54.069Z", 5)]
    [InlineData("2024-01-12T13:15:54.069", 5)]
    [InlineData("2024-01-12T14:15:54.069+01:00", 5)]
    [InlineData("0", -1705065354064)]
    public void Times_are_unix_milliseconds_or_iso_8601(string text, long expected)
    {
        Assert.True(Moment.TryParse(text, out var timestamp));
        Assert.Equal(expected, timestamp);
    }
}
