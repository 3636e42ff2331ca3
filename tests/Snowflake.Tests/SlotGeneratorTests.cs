namespace IdGenerator.Snowflake.Tests;

public sealed class SlotGeneratorTests
{
    [Fact]
    public void A_busy_stream_uses_every_slot_of_a_millisecond()
    {
        var bench = new Bench();
        var first = bench.Reserve(1);

        var rest = Enumerable.Range(0, Layout.MaxSequence).Select(_ => bench.Reserve(1)).ToList();

        Assert.Equal(first.First + 1, rest[0].First);
        Assert.Equal(first.First + Layout.MaxSequence, rest[^1].First);
        Assert.Equal(ReserveStatus.Exhausted, bench.Refused());
    }

    [Fact]
    public void A_request_may_use_all_slots_since_it_came_in_but_none_of_before()
    {
        var bench = new Bench(rollingStart: false);
        var arrival = bench.Clock.Wall;
        bench.Time.AdvanceMilliseconds(100);

        Assert.Equal(arrival << Layout.SequenceBits, bench.Reserve(1, arrival).First);
        Assert.Equal(arrival + 100, bench.Reserve(1).Timestamp);
        Assert.Equal(arrival + 100, bench.Reserve(1, arrival).Timestamp);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1_000)]
    [InlineData(1_024)]
    public void At_a_low_rate_ids_spread_evenly_modulo_any_number(int divisor)
    {
        var bench = new Bench();
        var counts = new int[divisor];
        var expected = 100d;
        for (var i = 0; i < expected * divisor; i++)
        {
            bench.Time.AdvanceMilliseconds(100);
            counts[SnowflakeId.Compose(bench.Reserve(1).First, worker: 3) % divisor]++;
        }

        // Chi-square: mean divisor - 1, deviation sqrt(2 (divisor - 1)); five deviations up is past chance.
        var chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        Assert.InRange(chiSquare, 0, divisor - 1 + 5 * Math.Sqrt(2d * (divisor - 1)));
    }

    [Fact]
    public void With_a_start_at_zero_every_quiet_millisecond_begins_at_sequence_0()
    {
        var bench = new Bench(rollingStart: false);
        for (var i = 0; i < 5; i++)
        {
            bench.Time.AdvanceMilliseconds(2);
            Assert.Equal(0, bench.Reserve(1).First & Layout.MaxSequence);
        }
    }

    [Fact]
    public void Nothing_is_issued_before_admission_at_its_end_or_beyond()
    {
        var bench = new Bench(until: 0);
        Assert.Equal(ReserveStatus.NotHeld, bench.Refused());

        var now = bench.Clock.Wall;
        bench.Generator.Admit(from: now + 2, until: now + 4);
        Assert.Equal(now + 2, Advance(bench, 2).Timestamp);
        Assert.Equal(now + 3, Advance(bench, 1).Timestamp);

        bench.Time.AdvanceMilliseconds(1);
        Assert.Equal(ReserveStatus.ReservationEnded, bench.Refused());
        Assert.Equal(ReserveStatus.ReservationEnded, bench.Generator.Check());
    }

    [Fact]
    public void Closing_tells_the_first_unused_timestamp_and_ends_issuing_for_good()
    {
        var bench = new Bench();
        var last = bench.Reserve(5);

        Assert.Equal(last.Timestamp + 1, bench.Generator.Close());

        bench.Generator.Admit(from: 0, until: long.MaxValue);
        bench.Time.AdvanceMilliseconds(1);
        Assert.Equal(ReserveStatus.NotHeld, bench.Refused());
        Assert.Equal(ReserveStatus.NotHeld, bench.Generator.Check());
    }

    [Fact]
    public void The_end_of_the_41_bits_is_told_and_final()
    {
        var bench = Bench.At(Layout.Epoch.AddMilliseconds(Layout.MaxTimestamp));
        Assert.Equal(Layout.MaxTimestamp, bench.Reserve(1).Timestamp);

        bench.Time.AdvanceMilliseconds(1);

        Assert.Equal(ReserveStatus.EndOfTime, bench.Refused());
        Assert.Equal(ReserveStatus.EndOfTime, bench.Generator.Check());
    }

    [Fact]
    public void A_clock_that_is_set_back_in_the_last_millisecond_of_the_41_bits_is_not_their_end()
    {
        var bench = Bench.At(Layout.Epoch.AddMilliseconds(Layout.MaxTimestamp));
        bench.Reserve(1);

        bench.Time.StepWall(TimeSpan.FromSeconds(-5));

        Assert.Equal(ReserveStatus.ClockBehind, bench.Refused());
    }

    [Fact]
    public void A_check_spends_nothing_and_says_what_a_reservation_would_get()
    {
        var bench = new Bench();

        Assert.Equal(ReserveStatus.Reserved, bench.Generator.Check());
        Assert.Equal(0, bench.Generator.Issued);

        ExhaustMillisecond(bench);
        Assert.Equal(ReserveStatus.Exhausted, bench.Generator.Check());
    }

    [Theory]
    [InlineData(1_001, ReserveStatus.Exhausted)]
    [InlineData(1_002, ReserveStatus.ClockBehind)]
    public void A_wall_clock_behind_by_more_than_a_millisecond_beyond_the_lead_is_told_as_such(int step, ReserveStatus status)
    {
        var bench = new Bench();
        bench.Reserve(1);

        bench.Time.StepWall(TimeSpan.FromMilliseconds(-step));

        Assert.Equal(status, bench.Refused());
    }

    [Fact]
    public void The_first_unused_timestamp_is_the_one_after_the_last_of_which_a_slot_was_given_out()
    {
        var bench = new Bench();
        Assert.Equal(bench.Clock.Wall, bench.Generator.FirstUnused);

        bench.Reserve(1);

        Assert.Equal(bench.Clock.Wall + 1, bench.Generator.FirstUnused);
    }

    [Fact]
    public void A_line_below_what_was_issued_is_raised_to_it_and_no_further()
    {
        var bench = new Bench();
        bench.Reserve(1);

        bench.Generator.Adopt(bench.Clock.Anchor with { Logical = bench.Clock.Anchor.Logical - 5_000 });

        Assert.Equal(bench.Generator.FirstUnused - 1 - ClockAnchor.Slack, bench.Clock.Anchor.At(bench.Clock.Monotonic));
    }

    [Fact]
    public void A_reservation_that_was_under_way_when_an_anchor_was_adopted_is_given_out_under_it()
    {
        var time = new StirredTime();
        var clock = new LogicalClock(time, new());
        var generator = new SlotGenerator(clock);
        var start = clock.Start(floor: 0);
        generator.Adopt(start);
        generator.Admit(start.Logical, long.MaxValue);
        time.Clock.AdvanceMilliseconds(10_000);
        var lower = new ClockAnchor(clock.Monotonic, start.Logical + 5_000);
        time.OnRead = () =>
        {
            time.OnRead = () => { };
            generator.Adopt(lower);
        };

        Assert.Equal(ReserveStatus.Reserved, generator.TryReserve(1, since: null, out var range));

        Assert.Equal(lower.Logical + ClockAnchor.Slack, range.Timestamp);
    }

    [Fact]
    public void An_anchor_that_is_adopted_after_the_end_opens_nothing()
    {
        var bench = new Bench();
        bench.Reserve(1);
        bench.Generator.Close();

        bench.Generator.Adopt(bench.Clock.Anchor);

        Assert.Equal(long.MaxValue, bench.Generator.Next);
        Assert.Equal(0, bench.Generator.Until);
        Assert.Equal(0, bench.Generator.ClockDeficit());
        Assert.Equal(bench.Clock.Wall, bench.Clock.Anchor.Logical);
        Assert.Equal(ReserveStatus.NotHeld, bench.Refused());
    }

    [Fact]
    public void A_reservation_allocates_nothing()
    {
        var bench = new Bench();
        bench.Reserve(1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) bench.Generator.TryReserve(1, since: null, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void ExhaustMillisecond(Bench bench)
    {
        for (var i = 0; i < Layout.SlotsPerMillisecond; i++) bench.Reserve(1);
    }

    private static SlotRange Advance(Bench bench, long milliseconds)
    {
        bench.Time.AdvanceMilliseconds(milliseconds);
        return bench.Reserve(1);
    }
}
