using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>A process that the store does not let in any more ends; one whose store is away or restarting does not.</summary>
public sealed class DenialTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();
    private readonly CancellationTokenSource _stop = new();
    private Rig _rig = null!;
    private Task<LeaseRefusal?> _running = Task.FromResult<LeaseRefusal?>(null);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await Record.ExceptionAsync(() => _running);
        _stop.Dispose();
    }

    [Theory]
    [InlineData(60, 15 + 60)] // The first renewal is denied after 15 s, and all others for a minute.
    [InlineData(300, 300)]
    public async Task It_ends_when_all_is_used_that_was_reserved_and_every_attempt_of_a_minute_was_denied(int reserve, int end)
    {
        await HoldAsync(reserve);
        _store.IsDenying = true;

        await PassAsync(end - 1);
        Assert.False(_running.IsCompleted);
        await PassAsync(6);

        var refusal = await _running.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(RefusalReason.Store, refusal!.Reason);
        Assert.Contains("has denied this process every request for 60 s", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("401: who are you?", refusal.Message, StringComparison.Ordinal);
        Assert.Null(_rig.Issue());
    }

    [Fact]
    public async Task A_denial_that_passes_within_a_minute_ends_nothing()
    {
        await HoldAsync();
        _store.IsDenying = true;
        await PassAsync(15 + 59);
        Assert.Null(_rig.Issue());

        _store.IsDenying = false;
        await PassAsync(5);

        Assert.False(_running.IsCompleted);
        Assert.NotNull(_rig.Issue());
    }

    [Fact]
    public async Task A_denial_that_comes_back_is_counted_afresh()
    {
        await HoldAsync();
        for (var i = 0; i < 3; i++)
        {
            _store.IsDenying = true;
            await PassAsync(15 + 50);
            _store.IsDenying = false;
            await PassAsync(5);
        }

        Assert.False(_running.IsCompleted);
    }

    [Fact]
    public async Task An_outage_ends_nothing_however_long_and_issuing_resumes_at_once()
    {
        await HoldAsync();
        _store.IsDown = true;
        await PassAsync(3_600);
        Assert.False(_running.IsCompleted);

        _store.IsDown = false;
        await PassAsync(5);

        Assert.NotNull(_rig.Issue());
    }

    [Fact]
    public async Task A_store_that_denies_for_a_moment_before_and_after_an_outage_ends_nothing()
    {
        await HoldAsync();
        _store.IsDenying = true;
        await PassAsync(20);
        (_store.IsDenying, _store.IsDown) = (false, true);
        await PassAsync(600);
        (_store.IsDenying, _store.IsDown) = (true, false);
        await PassAsync(50);

        Assert.False(_running.IsCompleted);
    }

    [Fact]
    public async Task The_log_does_not_say_that_issuing_goes_on_for_no_time()
    {
        await HoldAsync();
        (_store.IsDown, _store.RetryAfter) = (true, TimeSpan.FromMilliseconds(14_990));
        await PassAsync(15);
        for (var attempt = 2; attempt <= 4; attempt++) await PassAsync(1, step: 14_990);

        Assert.InRange(_rig.Lease.Headroom.TotalMilliseconds, 1, 49);
        Assert.Equal(3, _rig.Log.Count("issuing goes on for"));
        Assert.Equal(0, _rig.Log.Count("goes on for 0.0 s"));
    }

    [Fact]
    public async Task Clients_and_the_log_are_told_of_a_denial_as_what_it_is()
    {
        await HoldAsync();
        _store.IsDenying = true;
        await PassAsync(70);

        Assert.Contains("denies this process access", _rig.Source.Check()!.Reason, StringComparison.Ordinal);
        (_store.IsDenying, _store.IsDown) = (false, true);
        await PassAsync(5);
        Assert.Contains("does not answer", _rig.Source.Check()!.Reason, StringComparison.Ordinal);
        Assert.InRange(_rig.Log.Count("no IDs are issued until it is renewed"), 1, int.MaxValue);
    }

    [Fact]
    public async Task Who_waits_for_the_worker_id_ends_after_a_minute_of_denials()
    {
        _store.IsDenying = true;
        _rig = new(_store, _time);
        _running = _rig.Lease.AcquireAsync(_stop.Token);
        await PassAsync(59);
        Assert.False(_running.IsCompleted);
        Assert.Contains("not held yet: the lease store denies", _rig.Source.Check()!.Reason, StringComparison.Ordinal);

        await PassAsync(6);

        Assert.Equal(RefusalReason.Store, (await _running.WaitAsync(TimeSpan.FromSeconds(10)))!.Reason);
    }

    [Fact]
    public async Task Who_watches_a_record_counts_from_the_last_look_that_was_answered()
    {
        await new Rig(_store, _time, options: new() { ReserveSeconds = 600 }).HoldingAsync();
        _rig = new(_store, _time, uid: "uid-b");
        _running = _rig.Lease.AcquireAsync(_stop.Token);
        foreach (var _ in new[] { 1, 2 })
        {
            _store.IsDenying = true;
            await PassAsync(50);
            _store.IsDenying = false;
            await PassAsync(5);
        }

        Assert.False(_running.IsCompleted);
        _store.IsDenying = true;
        await PassAsync(67);

        Assert.Equal(RefusalReason.Store, (await _running.WaitAsync(TimeSpan.FromSeconds(10)))!.Reason);
    }

    private async Task HoldAsync(int reserve = 60)
    {
        _rig = await new Rig(_store, _time, options: new() { ReserveSeconds = reserve }).HoldingAsync();
        _running = _rig.Lease.HoldAsync(_stop.Token);
        await _time.UntilTimersAsync();
    }

    /// <summary>Time passes, a second at a time, and the lease does what is due.</summary>
    private async Task PassAsync(int seconds, int step = 1_000)
    {
        for (var i = 0; i < seconds; i++)
        {
            _time.AdvanceMilliseconds(step);
            var deadline = Environment.TickCount64 + 10_000;
            while (!_running.IsCompleted && _time.ArmedTimers == 0 && Environment.TickCount64 < deadline) await Task.Yield();
        }
    }
}
