using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

public sealed class AcquireTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task A_free_worker_id_is_taken_and_reserved_before_the_first_id()
    {
        var rig = new Rig(_store, _time);
        Assert.Null(rig.Issue());

        await rig.HoldingAsync();

        Assert.Equal(rig.Clock.Wall, rig.Issue());
        Assert.Equal(rig.Clock.Wall + 60_000, _store.Record.ReservedUntil);
        Assert.Equal(1, _store.Record.Generation);
        Assert.Equal(LeasePhase.Held, rig.Lease.Phase);
    }

    [Fact]
    public async Task A_holder_that_renews_is_alive_and_the_newcomer_is_told_who_it_is()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        using var stop = new CancellationTokenSource();
        var holding = first.Lease.HoldAsync(stop.Token);

        var second = new Rig(_store, _time, "uid-b", "boot-2");
        var acquiring = second.AcquireAsync();
        for (var second_ = 0; second_ < 17 && !acquiring.IsCompleted; second_++)
        {
            await _time.UntilTimersAsync(2);
            _time.AdvanceMilliseconds(1_000);
            await Settle();
        }

        var refusal = await acquiring.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(RefusalReason.Conflict, refusal!.Reason);
        Assert.Contains("Worker ID 7 is held by pod-uid-a", refusal.Message, StringComparison.Ordinal);
        Assert.Null(second.Issue());
        Assert.NotNull(first.Issue());
        await stop.CancelAsync();
        Assert.Null(await holding);
    }

    [Fact]
    public async Task A_stop_waits_five_seconds_for_the_answer_to_the_write_that_takes_the_worker_id()
    {
        await (await new Rig(_store, _time).HoldingAsync()).Lease.ReleaseAsync(default);
        _store.IsSilent = true;
        using var stop = new CancellationTokenSource();
        var acquiring = new Rig(_store, _time, "uid-b").Lease.AcquireAsync(stop.Token);
        _time.AdvanceMilliseconds(60_000);
        Assert.False(acquiring.IsCompleted);

        await stop.CancelAsync();
        _time.AdvanceMilliseconds(4_999);
        Assert.False(acquiring.IsCompleted);
        _time.AdvanceMilliseconds(1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => acquiring.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_stop_while_the_worker_id_is_being_taken_gives_it_back()
    {
        var rig = new Rig(_store, _time);
        using var stop = new CancellationTokenSource();
        _store.Landed = record => { if (record.Holder is not null) stop.Cancel(); };

        await Record.ExceptionAsync(() => rig.Lease.AcquireAsync(stop.Token));
        await rig.Lease.ReleaseAsync(default);

        Assert.Null(_store.Record.Holder);
        Assert.Equal(1, _store.Record.Generation);
    }

    [Fact]
    public async Task Another_layout_is_refused()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        await first.Lease.ReleaseAsync(default);
        _store.Edit(record => record with { Layout = "0/41-10-12" });

        var refusal = await new Rig(_store, _time, "uid-b").AcquireAsync();

        Assert.Equal(RefusalReason.Layout, refusal!.Reason);
        Assert.Contains("0/41-10-12", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_answer_to_the_take_is_resolved_by_looking_again()
    {
        _store.LosesAnswers = true;
        var rig = new Rig(_store, _time);
        var acquiring = rig.AcquireAsync();
        Assert.Null(rig.Issue());

        _store.LosesAnswers = false;
        await _time.UntilTimersAsync();
        _time.AdvanceMilliseconds(1_000);

        Assert.Null(await acquiring.WaitAsync(TimeSpan.FromSeconds(10)));
        _time.AdvanceMilliseconds(12);
        Assert.NotNull(rig.Issue());
    }

    [Fact]
    public async Task Of_two_that_start_at_once_one_holds_and_the_other_watches()
    {
        var first = new Rig(_store, _time).AcquireAsync();
        var second = new Rig(_store, _time, "uid-b").AcquireAsync();

        Assert.True(first.IsCompleted);
        Assert.Null(await first);
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task Taking_is_told_to_those_who_wait_for_it_and_to_nobody_before()
    {
        var rig = new Rig(_store, _time);
        Assert.False(rig.Lease.Held.IsCompleted);

        await rig.HoldingAsync();

        Assert.True(rig.Lease.Held.IsCompletedSuccessfully);
        Assert.Equal(0, rig.Log.Count("the wall clock shows"));
    }

    [Fact]
    public async Task Who_watches_says_so()
    {
        await new Rig(_store, _time).HoldingAsync();
        var second = new Rig(_store, _time, "uid-b");

        var acquiring = second.AcquireAsync();

        Assert.False(acquiring.IsCompleted);
        Assert.Equal(LeasePhase.Watching, second.Lease.Phase);
        Assert.Equal(1, second.Log.Count("Watching for up to 60 s"));
        await _time.UntilTimersAsync();
        _time.AdvanceMilliseconds(5_000);
        await Settle();
        Assert.Equal(1, second.Log.Count("Watching for up to 60 s"));
    }

    [Fact]
    public async Task Who_loses_the_race_for_a_free_worker_id_waits_before_it_looks_again()
    {
        await (await new Rig(_store, _time).HoldingAsync()).Lease.ReleaseAsync(default);
        var rig = new Rig(_store, _time, "uid-b");
        _store.Arriving = () => _store.Edit(record => record with { RenewedAt = record.RenewedAt.AddSeconds(1) });

        var acquiring = rig.AcquireAsync();

        Assert.False(acquiring.IsCompleted);
        Assert.Null(rig.Issue());
        await _time.UntilTimersAsync();
        _time.AdvanceMilliseconds(1_000);
        Assert.Null(await acquiring.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_store_that_refuses_for_good_ends_the_start()
    {
        _store.IsUnusable = true;

        var refusal = await new Rig(_store, _time).AcquireAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(RefusalReason.Store, refusal!.Reason);
        Assert.Equal("The role lacks a verb.", refusal.Message);
    }

    [Fact]
    public async Task A_store_that_fails_again_later_is_asked_again_soon()
    {
        await new Rig(_store, _time).HoldingAsync();
        var second = new Rig(_store, _time, "uid-b");
        _store.IsDown = true;
        var acquiring = second.AcquireAsync();
        for (var i = 0; i < 20; i++) await PassASecondAsync();
        _store.IsDown = false;
        while (second.Lease.Phase != LeasePhase.Watching) await PassASecondAsync();

        _store.IsDown = true;
        var calls = _store.Calls;
        while (_store.Calls == calls) await PassASecondAsync();
        await PassASecondAsync();

        // The first look that fails may come so early in a second that the next one is in it too.
        Assert.InRange(_store.Calls, calls + 2, calls + 3);
        Assert.False(acquiring.IsCompleted);
    }

    [Fact]
    public async Task No_reservation_reaches_beyond_the_41_bits()
    {
        var time = new FakeTimeProvider(Layout.Epoch.AddMilliseconds(Layout.MaxTimestamp - 70_000));
        var first = await new Rig(_store, time).HoldingAsync();
        Assert.Equal(Layout.MaxTimestamp - 10_000, _store.Record.ReservedUntil);
        using var stop = new CancellationTokenSource();
        var holding = first.Lease.HoldAsync(stop.Token);
        time.AdvanceMilliseconds(15_000);
        Assert.Equal(Layout.MaxTimestamp + 1, _store.Record.ReservedUntil);

        await stop.CancelAsync();
        Assert.Null(await holding);
        await first.Lease.ReleaseAsync(default);
        await new Rig(_store, time, "uid-b").HoldingAsync();

        Assert.Equal(Layout.MaxTimestamp + 1, _store.Record.ReservedUntil);
    }

    private async Task PassASecondAsync()
    {
        _time.AdvanceMilliseconds(1_000);
        await Settle();
    }

    /// <summary>Lets continuations of timers that have fired run.</summary>
    private static async Task Settle()
    {
        for (var i = 0; i < 20; i++) await Task.Yield();
    }
}
