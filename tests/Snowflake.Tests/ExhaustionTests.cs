namespace IdGenerator.Snowflake.Tests;

public sealed class ExhaustionTests
{
    [Fact]
    public void The_next_millisecond_ends_exhaustion()
    {
        var bench = new Bench(rollingStart: false);
        ExhaustMillisecond(bench);

        bench.Time.AdvanceMilliseconds(1);

        Assert.Equal(bench.Clock.Wall, bench.Reserve(1).Timestamp);
    }

    [Fact]
    public void Exhaustion_counts_once_a_millisecond_and_only_where_more_was_wanted()
    {
        var bench = new Bench(rollingStart: false);
        ExhaustMillisecond(bench);
        Assert.Equal(0, bench.Generator.ExhaustedMilliseconds);

        Assert.Equal(ReserveStatus.Exhausted, bench.Refused());
        Assert.Equal(ReserveStatus.Exhausted, bench.Refused());

        Assert.Equal(1, bench.Generator.ExhaustedMilliseconds);
    }

    [Fact]
    public void A_reservation_that_runs_over_several_milliseconds_exhausts_all_but_the_last()
    {
        var bench = new Bench(rollingStart: false);
        var since = bench.Reserve(1).Timestamp;
        bench.Time.AdvanceMilliseconds(10);

        var range = bench.Reserve(3 * Layout.SlotsPerMillisecond, since);

        Assert.Equal(3 * Layout.SlotsPerMillisecond, range.Count);
        Assert.Equal(3, bench.Generator.ExhaustedMilliseconds);
    }

    [Fact]
    public void A_large_reservation_leaves_headroom_for_small_ones_in_the_current_millisecond()
    {
        var bench = new Bench(rollingStart: false);

        var large = bench.Reserve(Layout.SlotsPerMillisecond);

        Assert.Equal(Layout.SlotsPerMillisecond - SlotGenerator.Headroom, large.Count);
        Assert.Equal(ReserveStatus.Exhausted, bench.Generator.TryReserve(SlotGenerator.SmallReservation + 1, since: null, out _));
        Assert.Equal(0, bench.Generator.ExhaustedMilliseconds);
        Assert.Equal(large.End, bench.Reserve(1).First);
    }

    [Fact]
    public void What_a_large_reservation_left_is_its_own_once_the_millisecond_has_passed()
    {
        var bench = new Bench(rollingStart: false);
        var large = bench.Reserve(Layout.SlotsPerMillisecond);
        bench.Time.AdvanceMilliseconds(1);

        Assert.Equal(large.End, bench.Reserve(Layout.SlotsPerMillisecond, large.Timestamp).First);
    }

    [Fact]
    public void A_reservation_of_a_thousand_still_is_a_small_one()
    {
        var bench = new Bench(rollingStart: false);
        bench.Reserve(1_000);
        bench.Reserve(1_000);
        bench.Reserve(1_000);

        Assert.Equal(1_000, bench.Reserve(SlotGenerator.SmallReservation).Count);
        Assert.Equal(ReserveStatus.Exhausted, bench.Generator.TryReserve(SlotGenerator.SmallReservation + 1, since: null, out _));
    }

    [Fact]
    public void A_reservation_that_gets_less_than_it_wants_exhausts_its_millisecond_and_no_other()
    {
        var bench = new Bench(rollingStart: false);
        for (var i = 0; i < 4; i++) bench.Reserve(1_000);
        Assert.Equal(96, bench.Reserve(100).Count);
        Assert.Equal(1, bench.Generator.ExhaustedMilliseconds);
        Assert.Equal(ReserveStatus.Exhausted, bench.Refused());
        Assert.Equal(1, bench.Generator.ExhaustedMilliseconds);

        bench.Time.AdvanceMilliseconds(1);
        ExhaustMillisecond(bench);
        Assert.Equal(1, bench.Generator.ExhaustedMilliseconds);
        Assert.Equal(ReserveStatus.Exhausted, bench.Refused());
        Assert.Equal(2, bench.Generator.ExhaustedMilliseconds);
    }

    [Fact]
    public void The_end_of_the_reservation_exhausts_no_millisecond()
    {
        var bench = new Bench(rollingStart: false, until: 0);
        var now = bench.Clock.Wall;
        bench.Generator.Admit(from: now, until: now + 1);
        bench.Reserve(1);
        bench.Time.AdvanceMilliseconds(1);

        Assert.Equal(ReserveStatus.ReservationEnded, bench.Refused());

        Assert.Equal(0, bench.Generator.ExhaustedMilliseconds);
    }

    private static void ExhaustMillisecond(Bench bench)
    {
        for (var i = 0; i < Layout.SlotsPerMillisecond; i++) bench.Reserve(1);
    }
}
