using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

public sealed class SuccessionTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly FaultyStore _store = new();

    [Fact]
    public async Task After_a_clean_stop_the_next_process_starts_at_once_on_any_host()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        var last = first.Issue();
        await first.Lease.ReleaseAsync(default);
        Assert.Null(first.Issue());

        _time.AdvanceMilliseconds(1);
        var second = await new Rig(_store, _time, "uid-b", "boot-2").HoldingAsync();

        Assert.Equal(last + 1, second.Issue());
        Assert.Equal(2, _store.Record.Generation);
    }

    [Fact]
    public async Task After_a_clean_stop_a_next_process_with_a_slow_clock_repeats_nothing()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        var last = first.Issue();
        await first.Lease.ReleaseAsync(default);

        _time.StepWall(TimeSpan.FromMilliseconds(-500));
        var second = await new Rig(_store, _time, "uid-b", "boot-2").HoldingAsync();

        _time.AdvanceMilliseconds(50);
        Assert.True(second.Issue() > last);
    }

    [Fact]
    public async Task A_silent_holder_is_succeeded_after_its_duration_above_everything_that_it_reserved()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        var reserved = first.Generator.Until;

        var second = new Rig(_store, _time, "uid-b", "boot-1");
        var acquiring = second.AcquireAsync();
        for (var passed = 0; passed < 60; passed++)
        {
            Assert.False(acquiring.IsCompleted, $"taken over after {passed} s");
            await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(1_000);
            await Settle();
        }

        Assert.Null(await acquiring.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(second.Issue() >= reserved);
        Assert.Null(first.Issue());
    }

    [Fact]
    public async Task A_silent_holder_is_looked_at_when_its_duration_ends_not_at_the_next_second_after_that()
    {
        await new Rig(_store, _time).HoldingAsync();
        _store.ReadTakes = () => Task.Delay(TimeSpan.FromMilliseconds(300), _time);
        var acquiring = new Rig(_store, _time, "uid-b", "boot-1").AcquireAsync();
        var passed = 0;
        for (; !acquiring.IsCompleted; passed += 100)
        {
            await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(100);
            await Settle();
        }

        // It was seen for the first time after 0.3 s; a look that takes as long begins 60 s later, not at the next of those every 1.3 s.
        Assert.InRange(passed, 60_300, 60_800);
    }

    // The table in docs/design.md, "Time".
    [Theory]
    [InlineData("uid-a", "boot-1", 0, 1_000, 0)]
    [InlineData("uid-a", "boot-1", 0, 61_000, 0)]
    [InlineData("uid-a", "boot-1", -50, 1_000, 49)]
    [InlineData("uid-a", "boot-1", -50, 61_000, 0)]
    [InlineData("uid-a", "boot-2", 0, 1_000, 59)]
    [InlineData("uid-a", "boot-2", 0, 61_000, 0)]
    [InlineData("uid-a", "boot-2", -50, 1_000, 109)]
    [InlineData("uid-a", "boot-2", -50, 61_000, 49)]
    [InlineData("uid-b", "boot-1", 0, 1_000, 60)]
    [InlineData("uid-b", "boot-1", 0, 61_000, 60)]
    [InlineData("uid-b", "boot-1", -50, 1_000, 109)]
    [InlineData("uid-b", "boot-1", -50, 61_000, 60)]
    public async Task How_long_a_start_after_a_crash_waits_depends_on_the_lead(string uid, string boot, int step, int lead, int seconds)
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        first.Issue();
        _time.StepWall(TimeSpan.FromSeconds(step));

        var second = new Rig(_store, _time, uid, boot, limits: new() { MaxLead = lead });
        var acquiring = second.AcquireAsync();
        var waited = 0;
        for (; second.Issue() is null; waited++)
        {
            Assert.InRange(waited, 0, 200);
            if (!acquiring.IsCompleted) await _time.UntilTimersAsync();
            _time.AdvanceMilliseconds(1_000);
            await Settle();
        }

        Assert.InRange(waited, seconds, seconds + 1);
        Assert.True(second.Clock.Read().Logical - second.Clock.Wall <= lead);
    }

    [Fact]
    public async Task The_holders_wall_clock_plays_no_part_in_judging_it()
    {
        _time.StepWall(TimeSpan.FromHours(-10));
        await new Rig(_store, _time).HoldingAsync();
        _time.StepWall(TimeSpan.FromHours(10));

        var acquiring = new Rig(_store, _time, "uid-b").AcquireAsync();

        Assert.False(acquiring.IsCompleted);
    }

    [Fact]
    public async Task The_same_pod_on_the_same_boot_goes_on_right_after_a_crash()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        _time.AdvanceMilliseconds(20_000);
        var last = first.Issue();

        var second = await new Rig(_store, _time).HoldingAsync();

        _time.AdvanceMilliseconds(12);
        Assert.InRange(second.Issue()!.Value, last!.Value + 1, last.Value + 30);
    }

    [Fact]
    public async Task After_a_crash_and_a_clock_set_back_an_hour_nothing_is_repeated()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        _time.AdvanceMilliseconds(20_000);
        var last = first.Issue();
        _time.StepWall(TimeSpan.FromHours(-1));

        var second = await new Rig(_store, _time).HoldingAsync();
        Assert.Null(second.Issue());

        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(second.Issue() > last);
    }

    [Theory]
    [InlineData("boot-2", 0)]
    [InlineData("boot-1", -300_000)]
    public async Task On_another_boot_or_a_monotonic_clock_that_fell_the_whole_reservation_is_skipped(string boot, int monotonic)
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        var reserved = first.Generator.Until;
        var other = new FakeTimeProvider(_time.GetUtcNow());
        other.AdvanceMilliseconds(-monotonic > 0 ? 0 : 1_000);
        if (monotonic < 0) _store.Edit(record => record with { Boot = record.Boot! with { Monotonic = 10_000_000 } });

        var second = await new Rig(_store, other, boot: boot).HoldingAsync();
        Assert.Null(second.Issue());

        other.Advance(TimeSpan.FromSeconds(61));
        Assert.True(second.Issue() >= reserved);
    }

    [Fact]
    public async Task Another_pod_on_the_same_boot_does_not_prove_the_holder_dead()
    {
        await new Rig(_store, _time).HoldingAsync();

        var acquiring = new Rig(_store, _time, "uid-b", "boot-1").AcquireAsync();

        Assert.False(acquiring.IsCompleted);
    }

    [Fact]
    public async Task A_store_that_admits_one_process_proves_every_earlier_holder_dead()
    {
        _store.Lock = "lock of the directory";
        await new Rig(_store, _time).HoldingAsync();
        _time.AdvanceMilliseconds(5_000);

        var second = await new Rig(_store, _time, "uid-b").HoldingAsync();

        _time.AdvanceMilliseconds(12);
        Assert.NotNull(second.Issue());
    }

    [Fact]
    public async Task The_mark_of_an_earlier_release_proves_nothing()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        var until = first.Generator.Until;
        _store.Edit(record => record with { Token = null });

        var second = await new Rig(_store, _time).HoldingAsync();

        Assert.Equal(until, second.Generator.FirstUnused);
    }

    [Fact]
    public async Task The_mark_of_a_holder_that_may_only_be_paused_proves_nothing()
    {
        var first = await new Rig(_store, _time).HoldingAsync();
        var until = first.Generator.Until;
        var second = new Rig(_store, _time, "uid-b");
        var acquiring = second.AcquireAsync();
        for (var i = 0; i < 59; i++) await PassASecondAsync();
        // On the same boot, and the wall clock was set back: the mark alone would let it begin where the first still issues.
        _time.StepWall(TimeSpan.FromSeconds(-59));
        while (!acquiring.IsCompleted) await PassASecondAsync();

        Assert.Null(await acquiring);
        Assert.True(second.Generator.FirstUnused >= until);
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
