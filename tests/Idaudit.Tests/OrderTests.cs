using IdGenerator.Idaudit.Auditing;
using static IdGenerator.Idaudit.Tests.Audits;

namespace IdGenerator.Idaudit.Tests;

public sealed class OrderTests
{
    [Fact]
    public void An_id_that_is_not_above_the_one_before_it_of_its_worker_is_a_violation()
    {
        var report = OfText(Lines(Id(5), Id(7), Id(6), Id(8)));

        Assert.Equal(
            new Finding($"{Id(6)}", new("a", 3), $"came after {Id(7)}"),
            Assert.Single(report.Order!.Examples));
        Assert.Equal(Verdict.Violations, Verdicts.Of(report, allowCut: false));
    }

    [Fact]
    public void An_equal_id_is_a_violation_too() => Assert.Equal(1, OfText(Lines(Id(5), Id(5))).Order!.Count);

    [Fact]
    public void Workers_need_not_be_in_order_among_each_other()
    {
        var report = OfText(Lines(Id(9, worker: 1), Id(5, worker: 2), Id(10, worker: 1), Id(6, worker: 2)));

        Assert.Equal(0, report.Order!.Count);
    }

    [Fact]
    public void Streams_need_not_be_in_order_among_each_other() =>
        Assert.Equal(0, OfText(Lines(Id(9), Id(10)), Lines(Id(5), Id(6))).Order!.Count);

    [Fact]
    public void The_order_is_not_looked_at_where_it_is_not_asked_for()
    {
        var report = OfText(new Expectations { Ordered = false }, Lines(Id(6), Id(5)));

        Assert.Null(report.Order);
        Assert.Equal(Verdict.Clean, Verdicts.Of(report, allowCut: false));
    }

    [Fact]
    public void Violations_beyond_the_examples_are_counted()
    {
        var report = OfText(Lines(Enumerable.Range(0, 1_000).Select(index => Id(2_000 - index))));

        Assert.Equal(999, report.Order!.Count);
        Assert.Equal(Tally.MaxExamples, report.Order.Examples.Count);
    }
}
