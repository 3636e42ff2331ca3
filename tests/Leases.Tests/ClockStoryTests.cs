using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>What wall clocks do to a holder and to whoever comes after it, step by step.</summary>
public sealed class ClockStoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    [InlineData(3_600)]
    public async Task After_a_step_back_renewals_and_a_crash_the_same_pod_repeats_nothing(int stepSeconds)
    {
        var first = await HolderAsync();
        await PassAsync(30);
        var last = first.Issue();
        _time.StepWall(TimeSpan.FromSeconds(-stepSeconds));
        await PassAsync(31); // Two renewals.

        var second = await new Rig(_store, _time).HoldingAsync();
        for (var second_ = 0; second_ <= stepSeconds; second_++)
        {
            Assert.True((second.Issue() ?? long.MaxValue) > last);
            _time.AdvanceMilliseconds(1_000);
        }

        Assert.True(second.Issue() > last);
    }

    [Fact]
    public async Task A_container_that_waits_for_a_host_that_booted_an_hour_behind_repeats_nothing_when_it_crashes()
    {
        var first = await HolderAsync();
        await PassAsync(20);
        var last = first.Issue();
        _time.StepWall(TimeSpan.FromHours(-1));
        await HolderAsync(boot: "boot-2");
        await PassAsync(31);

        var third = await new Rig(_store, _time, boot: "boot-2").HoldingAsync();

        _time.Advance(TimeSpan.FromSeconds(3_300));
        Assert.Null(third.Issue());
        _time.Advance(TimeSpan.FromSeconds(350));
        Assert.True(third.Issue() > last + 20_000);
    }

    [Fact]
    public async Task A_pod_on_a_slow_node_that_took_over_from_a_fast_one_and_crashed_repeats_nothing()
    {
        var itsTime = new FakeTimeProvider(_time.GetUtcNow() + TimeSpan.FromSeconds(200));
        var last = (await new Rig(_store, itsTime).HoldingAsync()).Issue();
        var slow = new Rig(_store, _time, "uid-b", "boot-2");
        var acquiring = slow.AcquireAsync();
        while (!acquiring.IsCompleted)
        {
            await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(1_000);
        }

        Assert.Null(await acquiring);
        _ = slow.Lease.HoldAsync(default);
        await PassAsync(31);

        var restarted = await new Rig(_store, _time, "uid-b", "boot-2").HoldingAsync();
        _ = restarted.Lease.HoldAsync(default);
        for (var second = 0; second < 230; second++)
        {
            Assert.True((restarted.Issue() ?? long.MaxValue) > last);
            await PassAsync(1);
        }

        Assert.NotNull(restarted.Issue());
    }

    [Theory]
    [InlineData(100, 8)]
    [InlineData(100, 20)]
    [InlineData(7_200, 50)]
    public async Task A_glitch_that_is_put_right_refuses_meanwhile_and_hangs_nobody_afterwards(int stepSeconds, int forSeconds)
    {
        var rig = await HolderAsync();
        await PassAsync(7);
        Assert.NotNull(rig.Issue());
        _time.StepWall(TimeSpan.FromSeconds(-stepSeconds));
        await PassAsync(forSeconds);
        Assert.Null(rig.Issue());
        Assert.NotNull(rig.Source.Check());

        _time.StepWall(TimeSpan.FromSeconds(stepSeconds));
        _time.AdvanceMilliseconds(2 * ClockAnchor.Slack);

        Assert.NotNull(rig.Issue());
        Assert.Null(rig.Source.Check());
        await PassAsync(60);
        Assert.InRange(rig.Clock.Wall - rig.Issue()!.Value, 0, ClockAnchor.Slack);
    }

    [Fact]
    public async Task A_wall_clock_that_stands_still_refuses_who_waits_and_says_not_ready()
    {
        var rig = await HolderAsync();
        for (var i = 0; i < 2_000; i++) Freeze();
        while (rig.Issue() is not null) { }

        var waiting = rig.Source.ReserveAsync(1, since: null, default).AsTask();
        for (var i = 0; i < 300 && !waiting.IsCompleted; i++)
        {
            Freeze();
            await Task.Yield();
        }

        Assert.Equal("The wall clock stands still", (await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Refusal?.Reason);
        Assert.NotNull(rig.Source.Check());
        _time.AdvanceMilliseconds(1_000);
        Assert.Null(rig.Source.Check());

        void Freeze()
        {
            _time.StepWall(TimeSpan.FromMilliseconds(-1));
            _time.AdvanceMilliseconds(1);
        }
    }

    [Theory]
    [InlineData(120)]
    [InlineData(3 * 86_400)]
    [InlineData(7 * 86_400)]
    public async Task A_step_ahead_that_stays_is_followed_before_the_reservation_ends(int stepSeconds)
    {
        var rig = await HolderAsync();
        _time.StepWall(TimeSpan.FromSeconds(stepSeconds));
        await PassAsync(16);
        Assert.True(rig.Issue() < rig.Clock.Wall - 60_000);

        for (var second = 16; second < 60; second++)
        {
            await PassAsync(1);
            Assert.NotNull(rig.Issue());
        }

        Assert.Equal(rig.Clock.Wall, rig.Issue());
    }

    [Fact]
    public async Task A_step_ahead_that_goes_on_jumping_or_is_too_large_ends_with_the_reservation_in_not_ready()
    {
        var rig = await HolderAsync();
        _time.StepWall(TimeSpan.FromDays(30));
        await PassAsync(59);
        Assert.NotNull(rig.Issue());

        await PassAsync(3);
        Assert.Null(rig.Issue());
        Assert.Contains("stepped ahead", rig.Source.Check()!.Reason, StringComparison.Ordinal);

        _time.StepWall(TimeSpan.FromDays(-27));
        for (var second = 0; second < 100; second += 5)
        {
            _time.StepWall(TimeSpan.FromSeconds(90));
            await PassAsync(5);
            Assert.Null(rig.Issue());
        }

        _time.StepWall(TimeSpan.FromDays(-3) - TimeSpan.FromSeconds(1_800));
        await PassAsync(16);
        Assert.NotNull(rig.Issue());
    }

    [Fact]
    public async Task A_suspend_explains_a_step_ahead_of_any_size_which_is_followed_at_the_next_renewal()
    {
        var rig = await HolderAsync();
        _time.StepWall(TimeSpan.FromDays(60));
        rig.Suspended += (long)TimeSpan.FromDays(60).TotalMilliseconds;

        await PassAsync(16);

        Assert.Equal(rig.Clock.Wall, rig.Issue());
    }

    [Fact]
    public async Task A_wall_clock_that_cannot_be_right_is_waited_for_and_nothing_is_written_meanwhile()
    {
        _time.StepWall(TimeSpan.FromDays(-5 * 365));
        var rig = new Rig(_store, _time);
        var acquiring = rig.AcquireAsync();
        await PassAsync(30);
        Assert.False(acquiring.IsCompleted);
        Assert.Null(_store.Find());
        Assert.StartsWith("The wall clock shows 2021-11-22", rig.Source.Check()!.Reason, StringComparison.Ordinal);

        _time.StepWall(TimeSpan.FromDays(5 * 365));
        await PassAsync(2);

        Assert.Null(await acquiring.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(rig.Clock.Wall, rig.Issue());
    }

    private async Task<Rig> HolderAsync(string boot = "boot-1")
    {
        var rig = await new Rig(_store, _time, boot: boot).HoldingAsync();
        _ = rig.Lease.HoldAsync(default);
        await _time.UntilTimersAsync();
        return rig;
    }

    private Task PassAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++) _time.AdvanceMilliseconds(1_000);
        return Task.CompletedTask;
    }
}
