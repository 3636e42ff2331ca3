using IdGenerator.Testing;

namespace IdGenerator.Snowflake.Tests;

/// <summary>Where the clock draws its lines, to the millisecond.</summary>
public sealed class LogicalClockTests
{
    private const long Slack = ClockAnchor.Slack;
    private const int Hour = 3_600_000;
    private const int Week = 7 * 24 * Hour;
    private const int Patience = 20_000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(9_999, 0)]
    [InlineData(10_000, 1)]
    [InlineData(-1, -1)]
    [InlineData(-10_000, -1)]
    [InlineData(-10_001, -2)]
    public void The_wall_clock_is_rounded_towards_the_past(int ticks, int milliseconds) =>
        Assert.Equal(milliseconds, Clock(new FakeTimeProvider(Layout.Epoch.AddTicks(ticks))).Wall);

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void A_wall_clock_from_before_the_release_cannot_be_right(int milliseconds, bool isPlausible)
    {
        var earliest = Layout.Epoch.AddMilliseconds(new ClockLimits().Earliest);

        Assert.Equal(isPlausible, Clock(new FakeTimeProvider(earliest.AddMilliseconds(milliseconds))).IsPlausible);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0)]
    [InlineData(-10, 0)]
    [InlineData(11, 11)]
    [InlineData(-11, -11)]
    public void A_step_beyond_the_slack_is_told_once(int step, int told)
    {
        var bench = new Bench();
        Assert.Equal(0, bench.Clock.Steps);
        bench.Time.AdvanceMilliseconds(5_000);
        bench.Time.StepWall(TimeSpan.FromMilliseconds(step));

        Assert.Equal(told, bench.Clock.TakeStep());
        Assert.Equal(0, bench.Clock.TakeStep());
        Assert.Equal(told == 0 ? 0 : 1, bench.Clock.Steps);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(11, true)]
    public void Logical_time_slews_where_it_leads_the_wall_clock_by_more_than_the_slack(int lead, bool isSlewing)
    {
        var bench = new Bench();
        Assert.Equal(isSlewing, bench.Clock.Start(floor: bench.Clock.Wall + lead).Slewing);

        bench.Time.StepWall(TimeSpan.FromMilliseconds(-lead));

        Assert.Equal(isSlewing, bench.Clock.Propose(Patience).Anchor.Slewing);
    }

    [Theory]
    [InlineData(60_000, true)]
    [InlineData(60_001, false)]
    public void A_step_ahead_is_followed_at_once_up_to_its_bound(int step, bool isFollowed)
    {
        var bench = new Bench();
        var wall = bench.Clock.Wall;
        bench.Time.StepWall(TimeSpan.FromMilliseconds(step));

        var proposal = bench.Clock.Propose(Patience);

        Assert.Equal(isFollowed ? 0 : step, proposal.RefusedStep);
        Assert.Equal(isFollowed ? wall + step : wall, proposal.Anchor.Logical);
    }

    [Theory]
    [InlineData(60_000, true)]
    [InlineData(60_001, false)]
    public void A_suspend_explains_as_much_of_a_step_as_it_lasted(int unexplained, bool isFollowed)
    {
        // Suspends of before the anchor explain nothing.
        var bench = new Bench { Suspended = 5 * Hour };
        bench.Renew();
        bench.Suspended += Hour;
        bench.Time.StepWall(TimeSpan.FromMilliseconds(Hour + unexplained));

        var proposal = bench.Clock.Propose(Patience);

        Assert.Equal(isFollowed ? 0 : Hour + unexplained, proposal.RefusedStep);
        Assert.Equal(6 * Hour, proposal.Anchor.Suspended);
        Assert.Equal(6 * Hour, bench.Clock.Start(floor: 0).Suspended);
    }

    [Fact]
    public void Without_a_way_to_ask_for_suspends_there_were_none()
    {
        var clock = Clock(new());

        Assert.Equal(0, clock.Start(floor: 0).Suspended);
        Assert.Equal(0, clock.Propose(Patience).Anchor.Suspended);
    }

    [Fact]
    public void A_larger_step_is_followed_once_it_has_stayed()
    {
        var bench = new Bench();
        bench.Time.StepWall(TimeSpan.FromMilliseconds(Hour));
        Assert.Equal(Hour, bench.Renew(Patience).RefusedStep);

        bench.Time.AdvanceMilliseconds(Patience - 1);
        Assert.Equal(Hour, bench.Renew(Patience).RefusedStep);

        bench.Time.AdvanceMilliseconds(1);
        Assert.Equal(0, bench.Renew(Patience).RefusedStep);
        Assert.Equal(bench.Clock.Wall, bench.Clock.Anchor.Logical);
    }

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    [InlineData(-1_000, true)]
    [InlineData(-1_001, false)]
    public void A_wall_clock_that_was_stepped_again_has_not_stayed(int again, bool hasStayed)
    {
        var bench = new Bench();
        bench.Time.StepWall(TimeSpan.FromMilliseconds(Hour));
        bench.Renew(Patience);
        bench.Time.AdvanceMilliseconds(Patience - 1);
        bench.Time.StepWall(TimeSpan.FromMilliseconds(again));
        bench.Renew(Patience);

        bench.Time.AdvanceMilliseconds(1);

        Assert.Equal(hasStayed, bench.Renew(Patience).RefusedStep == 0);
    }

    [Fact]
    public void A_step_that_was_taken_back_and_comes_again_has_to_stay_again()
    {
        var bench = new Bench();
        bench.Time.StepWall(TimeSpan.FromMilliseconds(Hour));
        bench.Renew(Patience);
        bench.Time.StepWall(TimeSpan.FromMilliseconds(-Hour));
        bench.Time.AdvanceMilliseconds(Patience);
        Assert.Equal(0, bench.Renew(Patience).RefusedStep);

        bench.Time.StepWall(TimeSpan.FromMilliseconds(Hour));

        Assert.Equal(Hour, bench.Renew(Patience).RefusedStep);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void A_step_of_more_than_a_week_is_never_followed(int beyond, bool isFollowed)
    {
        var bench = new Bench();
        bench.Time.StepWall(TimeSpan.FromMilliseconds((long)Week + beyond));
        bench.Renew(Patience);

        bench.Time.AdvanceMilliseconds(10 * Patience);

        Assert.Equal(isFollowed, bench.Renew(Patience).RefusedStep == 0);
    }

    [Fact]
    public void The_ceiling_of_an_anchor_is_the_slack_above_the_monotonic_clock() =>
        Assert.Equal(1_000 + 50 + Slack, new ClockAnchor(Monotonic: 300, Logical: 1_000).CeilingAt(350));

    [Fact]
    public void A_clock_that_moves_on_between_two_readings_is_read_all_the_same()
    {
        var time = new StirredTime();
        var clock = new LogicalClock(time, new());
        time.OnRead = () => time.Clock.AdvanceMilliseconds(1);

        Assert.Equal(clock.Wall, clock.Start(floor: 0).Logical, tolerance: 10);
    }

    private static LogicalClock Clock(FakeTimeProvider time) => new(time, new());
}
