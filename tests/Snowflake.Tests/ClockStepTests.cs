namespace IdGenerator.Snowflake.Tests;

public sealed class ClockStepTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(900)]
    public void A_step_back_within_the_allowed_lead_stops_nothing_for_longer_than_the_slack(int milliseconds)
    {
        var bench = new Bench();
        var before = bench.Reserve(1);
        bench.Time.StepWall(TimeSpan.FromMilliseconds(-milliseconds));

        bench.Time.AdvanceMilliseconds(2 * ClockAnchor.Slack);

        Assert.True(bench.Reserve(1).Timestamp > before.Timestamp);
    }

    [Fact]
    public void The_lead_over_the_wall_clock_is_absorbed_while_ids_go_on()
    {
        var bench = new Bench();
        bench.Reserve(1);
        bench.Time.StepWall(TimeSpan.FromMilliseconds(-800));
        bench.Time.AdvanceMilliseconds(20);
        Assert.InRange(bench.Clock.Read().Logical - bench.Clock.Wall, 700, 1_000);

        for (var i = 0; i < 20; i++)
        {
            bench.Renew();
            bench.Time.AdvanceMilliseconds(1_000);
            bench.Reserve(1);
        }

        Assert.InRange(bench.Clock.Read().Logical - bench.Clock.Wall, -1, ClockAnchor.Slack);
    }

    [Fact]
    public void A_step_back_of_an_hour_stops_issuing_until_the_wall_clock_is_within_the_allowed_lead()
    {
        var bench = new Bench();
        var before = bench.Reserve(1);
        bench.Time.StepWall(-Hour);

        Assert.Equal(ReserveStatus.ClockBehind, bench.Refused());
        Assert.Equal(ReserveStatus.ClockBehind, bench.Generator.Check());
        Assert.Equal(Hour.TotalMilliseconds - 1_000, bench.Generator.ClockDeficit());

        bench.Time.AdvanceMilliseconds(bench.Generator.ClockDeficit());
        Assert.True(bench.Reserve(1).First > before.First);
    }

    [Fact]
    public void A_step_forward_waits_for_the_next_renewal()
    {
        var bench = new Bench();
        var before = bench.Reserve(1);
        bench.Time.StepWall(TimeSpan.FromSeconds(30));

        Assert.InRange(bench.Reserve(1).Timestamp, before.Timestamp, before.Timestamp + ClockAnchor.Slack);

        bench.Renew();
        Assert.Equal(before.Timestamp + 30_000, bench.Reserve(1).Timestamp);
    }

    [Fact]
    public void A_step_forward_beyond_the_bound_is_not_followed_and_stops_nothing()
    {
        var bench = new Bench();
        var before = bench.Reserve(1);
        bench.Time.StepWall(Hour);
        bench.Renew();

        bench.Time.AdvanceMilliseconds(1_000);

        Assert.InRange(bench.Reserve(1).Timestamp - before.Timestamp, 1_000, 1_000 + 2 * ClockAnchor.Slack);
        Assert.InRange(bench.Clock.RefusedStep, Hour.TotalMilliseconds - 60_020, Hour.TotalMilliseconds);
    }

    [Fact]
    public void A_frozen_wall_clock_stops_issuing_at_the_allowed_lead()
    {
        var bench = new Bench();
        var wall = bench.Clock.Wall;
        SlotRange last = default;
        for (var i = 0; i < 3_000; i++)
        {
            bench.Time.AdvanceMilliseconds(1);
            bench.Time.StepWall(TimeSpan.FromMilliseconds(-1));
            if (bench.Generator.TryReserve(1, since: null, out var range) == ReserveStatus.Reserved) last = range;
        }

        Assert.Equal(wall, bench.Clock.Wall);
        Assert.Equal(wall + bench.Limits.MaxLead, last.Timestamp);
    }

    [Fact]
    public void A_wall_clock_before_the_epoch_stops_issuing()
    {
        var bench = Bench.At(Layout.Epoch - Hour);

        Assert.Equal(ReserveStatus.ClockBehind, bench.Refused());
    }

    [Fact]
    public void Under_one_anchor_logical_time_never_passes_its_ceiling()
    {
        var bench = new Bench();
        var anchor = bench.Clock.Anchor;
        foreach (var step in new[] { 5, 500, -2_000, 100_000, -50_000, 7_200_000 })
        {
            bench.Time.StepWall(TimeSpan.FromMilliseconds(step));
            bench.Time.AdvanceMilliseconds(37);
            Assert.True(bench.Clock.Read().Logical <= anchor.CeilingAt(bench.Clock.Monotonic));
        }
    }
}
