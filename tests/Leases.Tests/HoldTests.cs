using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

public sealed class HoldTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private Rig _rig = null!;
    private Task<LeaseRefusal?> _holding = null!;

    public async Task InitializeAsync()
    {
        _rig = await new Rig(_store, _time).HoldingAsync();
        _holding = _rig.Lease.HoldAsync(_stop.Token);
        await _time.UntilTimersAsync();
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _holding;
        _stop.Dispose();
    }

    [Fact]
    public async Task The_reservation_is_moved_ahead_every_renewal_period()
    {
        await PassAsync(seconds: 15);

        Assert.Equal(_rig.Clock.Wall + 60_000, _store.Record.ReservedUntil);
        Assert.Equal(_store.Record.ReservedUntil, _rig.Generator.Until);
        Assert.Equal(3, _store.Writes);
    }

    [Fact]
    public async Task Without_a_store_issuing_goes_on_for_exactly_what_is_reserved()
    {
        var until = _rig.Generator.Until;
        _store.IsDown = true;
        await PassAsync(seconds: 59);
        Assert.NotNull(_rig.Issue());

        _time.AdvanceMilliseconds(until - _rig.Clock.Wall - 1);
        Assert.Equal(until - 1, _rig.Issue());
        _time.AdvanceMilliseconds(1);
        Assert.Null(_rig.Issue());
        Assert.Equal(ReserveStatus.ReservationEnded, _rig.Generator.Check());
    }

    [Fact]
    public async Task When_the_store_is_back_issuing_resumes_without_a_restart()
    {
        _store.IsDown = true;
        await PassAsync(seconds: 120);
        Assert.Null(_rig.Issue());

        _store.IsDown = false;
        await PassAsync(seconds: 16);

        Assert.NotNull(_rig.Issue());
    }

    [Theory]
    [InlineData(3_600)]
    [InlineData(100 * 24 * 3_600)] // More than a timer can wait.
    public async Task A_store_that_asks_to_be_left_alone_for_long_is_asked_again_after_a_renewal_period(int seconds)
    {
        (_store.IsDown, _store.RetryAfter) = (true, TimeSpan.FromSeconds(seconds));
        await PassAsync(seconds: 16);
        _store.IsDown = false;
        await PassAsync(seconds: 16);

        Assert.False(_holding.IsCompleted);
        Assert.True(_rig.Generator.Until > _rig.Clock.Wall + 55_000);
    }

    [Fact]
    public async Task A_renewal_whose_answer_is_lost_is_no_loss()
    {
        _store.LosesAnswers = true;
        await PassAsync(seconds: 20);
        Assert.Equal(_rig.Clock.Wall - 20_000 + 60_000, _rig.Generator.Until);

        _store.LosesAnswers = false;
        await PassAsync(seconds: 35);

        Assert.False(_holding.IsCompleted);
        Assert.True(_rig.Generator.Until >= _rig.Clock.Wall + 30_000);
        Assert.Equal(_store.Record.ReservedUntil, _rig.Generator.Until);
    }

    [Fact]
    public async Task A_stop_right_after_a_renewal_whose_answer_is_lost_still_gives_the_rest_back()
    {
        _store.LosesAnswers = true;
        await PassAsync(seconds: 15);
        _store.LosesAnswers = false;
        var last = _rig.Issue();
        await _stop.CancelAsync();
        await _holding;

        await _rig.Lease.ReleaseAsync(default);

        Assert.Null(_store.Record.Holder);
        Assert.Equal(last + 1, _store.Record.ReservedUntil);
    }

    [Fact]
    public async Task A_release_that_is_not_answered_can_be_tried_again()
    {
        await _stop.CancelAsync();
        await _holding;
        _store.IsDown = true;
        Assert.False(await _rig.Lease.ReleaseAsync(default));
        (_store.IsDown, _store.LosesAnswers) = (false, true);
        Assert.False(await _rig.Lease.ReleaseAsync(default));
        _store.LosesAnswers = false;
        Assert.True(await _rig.Lease.ReleaseAsync(default));

        Assert.Null(_store.Record.Holder);
        Assert.Equal(1, _rig.Log.Count("is released"));
    }

    [Fact]
    public async Task A_stop_does_not_give_away_what_another_holder_has_taken()
    {
        _store.Edit(record => record with { Holder = new("pod-b", "uid-b"), Generation = record.Generation + 1 });
        await _stop.CancelAsync();
        await _holding;

        await _rig.Lease.ReleaseAsync(default);

        Assert.Equal("uid-b", _store.Record.Holder!.Uid);
    }

    [Fact]
    public async Task A_swap_lost_to_another_holder_ends_issuing_for_good_and_names_it()
    {
        _store.Edit(record => record with { Holder = new("pod-b", "uid-b"), Generation = record.Generation + 1 });
        await PassAsync(seconds: 15);

        var refusal = await _holding.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(RefusalReason.Conflict, refusal!.Reason);
        Assert.Contains("pod-b", refusal.Message, StringComparison.Ordinal);
        Assert.Null(_rig.Issue());
        Assert.Equal(LeasePhase.Lost, _rig.Lease.Phase);
    }

    [Fact]
    public async Task A_record_restored_from_an_older_copy_is_put_right_and_told()
    {
        var old = _store.Record;
        await PassAsync(seconds: 30);
        _store.Edit(_ => old);

        await PassAsync(seconds: 20);

        Assert.False(_holding.IsCompleted);
        Assert.Equal(_store.Record.ReservedUntil, _rig.Generator.Until);
        Assert.True(_store.Record.ReservedUntil > old.ReservedUntil + 20_000);
        Assert.Equal(1, _rig.Log.Count("restored an older copy"));
    }

    [Fact]
    public async Task A_forward_step_is_followed_only_after_the_record_bounds_it()
    {
        var before = _rig.Issue();
        _time.StepWall(TimeSpan.FromSeconds(30));
        _store.IsDown = true;
        await PassAsync(seconds: 16);
        Assert.InRange(_rig.Issue()!.Value - before!.Value, 16_000, 16_020);

        _store.IsDown = false;
        await PassAsync(seconds: 16);

        Assert.Equal(_rig.Clock.Wall, _rig.Issue());
        Assert.True(_store.Record.Boot!.Ceiling >= _rig.Clock.Anchor.Logical);
    }

    [Fact]
    public async Task The_mark_always_bounds_the_anchor_in_use_and_the_next()
    {
        foreach (var step in new[] { -900, 500, -300, 40_000, -700, 20, -20 })
        {
            var inUse = _rig.Clock.Anchor;
            _time.StepWall(TimeSpan.FromMilliseconds(step));
            _store.LosesAnswers = true;
            await PassAsync(seconds: 15);
            var mark = _store.Record.Boot!;
            Assert.True(mark.FirstUnused("boot-1", _rig.Clock.Monotonic) > inUse.CeilingAt(_rig.Clock.Monotonic));
            Assert.True(mark.FirstUnused("boot-1", _rig.Clock.Monotonic) > _rig.Clock.Read().Logical);
            _store.LosesAnswers = false;
            await PassAsync(seconds: 30);
        }
    }

    [Fact]
    public async Task Each_renewal_is_one_write_and_nothing_else()
    {
        var calls = _store.Calls;

        await PassAsync(seconds: 60);

        Assert.Equal(4, _store.Calls - calls);
        Assert.Equal(0, _rig.Log.Count("not renewed"));
    }

    [Fact]
    public async Task A_record_that_was_deleted_is_written_again_and_told()
    {
        _store.Delete();
        // The renewal, the look at what has happened, the record again, and the next attempt to renew.
        var calls = _store.Calls;
        await PassAsync(seconds: 16);

        Assert.Equal(4, _store.Calls - calls);
        Assert.Equal(_rig.Clock.Wall + 60_000, _store.Record.ReservedUntil, tolerance: 1_500);
        Assert.Equal(1, _rig.Log.Count("somebody has deleted the lease record"));
        Assert.Equal(1, _rig.Log.Count("the record had to be read again"));
        Assert.Equal(1, _rig.Log.Count("renewed again"));
    }

    [Fact]
    public async Task A_record_of_as_many_writes_under_another_token_is_that_of_a_copy()
    {
        _store.Edit(record => record with { Token = "of the other copy" });
        await PassAsync(seconds: 15);

        var refusal = await _holding.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Contains("another copy of this very process", refusal!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_renewal_that_succeeded_the_next_one_that_fails_is_tried_again_soon()
    {
        _store.IsDown = true;
        await PassAsync(seconds: 40);
        _store.IsDown = false;
        await PassAsync(seconds: 5);
        Assert.Equal(1, _rig.Log.Count("renewed again"));

        _store.IsDown = true;
        var calls = _store.Calls;
        while (_store.Calls == calls) await PassAsync(seconds: 1);
        await PassAsync(seconds: 1);

        Assert.InRange(_store.Calls, calls + 2, calls + 3);
    }

    [Fact]
    public async Task The_headroom_is_what_is_left_of_the_reservation()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), _rig.Lease.Headroom);
        _store.IsDown = true;
        await PassAsync(seconds: 59);
        Assert.Equal(1, _rig.Lease.Headroom.TotalSeconds, tolerance: 0.02);

        await PassAsync(seconds: 10);

        Assert.Equal(TimeSpan.Zero, _rig.Lease.Headroom);
    }

    [Theory]
    [InlineData(30, "the wall clock was stepped ahead by 30.000 s")]
    [InlineData(-0.5, "the wall clock was set back by 0.500 s. IDs go on, with timestamps 0.5 s ahead of it")]
    [InlineData(-30, "the wall clock was set back by 30.000 s. IDs wait for it, for 29.0 s: their timestamps may be ahead of it by 1.0 s")]
    public async Task A_step_of_the_wall_clock_is_told_at_the_next_renewal(double seconds, string words)
    {
        await PassAsync(seconds: 14);
        _time.StepWall(TimeSpan.FromSeconds(seconds));

        await PassAsync(seconds: 31);

        Assert.Equal(1, _rig.Log.Count(words));
        Assert.Equal(1, _rig.Log.Count("the wall clock was"));
    }

    [Fact]
    public async Task A_stop_is_told_as_what_it_was()
    {
        await _stop.CancelAsync();
        await _holding;

        await _rig.Lease.ReleaseAsync(default);

        Assert.Equal(1, _rig.Log.Count("is released"));
        Assert.Equal(0, _rig.Log.Count("was not released"));
    }

    /// <summary>Time passes, a second at a time, and the lease does what is due.</summary>
    private async Task PassAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.AdvanceMilliseconds(1_000);
            if (!_holding.IsCompleted) await UntilWaitingAsync();
        }
    }

    private async Task UntilWaitingAsync()
    {
        var deadline = Environment.TickCount64 + 10_000;
        while (!_holding.IsCompleted && _time.ArmedTimers == 0 && Environment.TickCount64 < deadline) await Task.Yield();
    }
}
