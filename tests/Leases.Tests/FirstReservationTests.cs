using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>Reservations that are under way while the lease is taken or renewed: the clock is read in between.</summary>
public sealed class FirstReservationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task A_reservation_under_way_while_the_worker_id_is_taken_issues_nothing_of_the_time_before()
    {
        var seen = new InterruptedTime(_time);
        var rig = new Rig(_store, _time, seen: seen);
        seen.Interrupt = () => Assert.Null(rig.AcquireAsync().Result);

        Assert.Null(rig.Issue());

        Assert.Equal(rig.Clock.Wall, rig.Issue());
        await rig.Lease.ReleaseAsync(default);
    }

    [Fact]
    public async Task A_request_that_came_in_before_the_worker_id_was_taken_gets_nothing_of_the_time_before()
    {
        var rig = await new Rig(_store, _time).HoldingAsync();

        Assert.Equal(ReserveStatus.Reserved, rig.Generator.TryReserve(1, since: 0, out var range));

        Assert.Equal(rig.Clock.Wall, range.Timestamp);
    }

    [Fact]
    public async Task A_reservation_that_was_paused_while_a_lower_line_was_adopted_issues_nothing_of_the_line_before()
    {
        var seen = new InterruptedTime(_time);
        var rig = await new Rig(_store, _time, seen: seen).HoldingAsync();
        var holding = rig.Lease.HoldAsync(default);
        Assert.NotNull(rig.Issue());
        _time.StepWall(TimeSpan.FromMilliseconds(800));
        _time.AdvanceMilliseconds(15_000);
        await _time.UntilTimersAsync();
        // The line leads the wall by 800 ms. In the middle of a reservation it is set back further, and the record follows.
        seen.Interrupt = () =>
        {
            _time.StepWall(TimeSpan.FromMinutes(-2));
            for (var i = 0; i < 2; i++)
            {
                _time.AdvanceMilliseconds(15_000);
                while (_time.ArmedTimers == 0) Thread.Yield();
            }
        };
        var issued = rig.Issue();

        var bound = _store.Record.Boot!.FirstUnused("boot-1", rig.Clock.Monotonic);
        Assert.True(issued is null || issued < bound);
        Assert.False(holding.IsCompleted);
    }

    /// <summary>Lets something else happen once, at the next reading of the wall clock.</summary>
    private sealed class InterruptedTime(TimeProvider time) : TimeProvider
    {
        public Action? Interrupt { get; set; }

        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override DateTimeOffset GetUtcNow()
        {
            var now = time.GetUtcNow();
            var interrupt = Interrupt;
            Interrupt = null;
            interrupt?.Invoke();
            return now;
        }
    }
}
