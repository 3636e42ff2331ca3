using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Grains.Tests;

public sealed class SlotWindowTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SlotGenerator _generator;
    private readonly SlotWindow _window;

    public SlotWindowTests()
    {
        var clock = new LogicalClock(_time, new());
        _generator = new(clock);
        _generator.Adopt(clock.Start(floor: 0));
        _generator.Admit(0, clock.Wall + 60_000);
        _window = new(clock, _generator);
    }

    [Fact]
    public void Gives_each_slot_once_in_order()
    {
        var slots = Fill(10);

        Assert.Equal(new(slots.First, 1), Take(1));
        Assert.Equal(new(slots.First + 1, 4), Take(4));
        Assert.Equal(new(slots.First + 5, 5), Take(100));
        Assert.Equal(0, Take(1).Count);
    }

    [Fact]
    public void Gives_slots_of_the_millisecond_before_and_says_that_it_is_time_for_others()
    {
        Fill(10);
        Assert.True(_window.TryTake(1, out _, out var isAging));
        Assert.False(isAging);

        _time.AdvanceMilliseconds(1);

        Assert.True(_window.TryTake(1, out _, out isAging));
        Assert.True(isAging);
    }

    [Fact]
    public void Gives_nothing_once_the_next_millisecond_is_over_too()
    {
        Fill(10);
        Assert.Equal(1, Take(1).Count);

        _time.AdvanceMilliseconds(2);

        Assert.Equal(0, Take(1).Count);
    }

    [Fact]
    public void Gives_nothing_below_what_somebody_else_has_reserved_since()
    {
        Fill(10);
        Assert.Equal(1, Take(1).Count);

        Reserve(1);

        Assert.Equal(0, Take(1).Count);
    }

    [Fact]
    public void Gives_nothing_once_the_lease_has_ended()
    {
        Fill(10);
        _generator.Close();
        Assert.Equal(0, Take(1).Count);
    }

    [Fact]
    public void Tells_what_it_lost()
    {
        Fill(SlotWindow.Capacity);
        Take(6);
        Assert.Equal(SlotWindow.Capacity - 6, _window.Replace(Reserve(1)).Count);
        Assert.Equal(1, Take(2).Count);
    }

    [Fact]
    public void Holds_the_last_slots_of_all()
    {
        var last = new SlotRange(((Layout.MaxTimestamp + 1) << Layout.SequenceBits) - SlotWindow.Capacity, SlotWindow.Capacity);
        _window.Replace(last);
        Assert.Equal(last, _window.Replace(default));
    }

    private SlotRange Fill(int count)
    {
        var slots = Reserve(count);
        _window.Replace(slots);
        return slots;
    }

    private SlotRange Reserve(int count)
    {
        Assert.Equal(ReserveStatus.Reserved, _generator.TryReserve(count, since: null, out var slots));
        return slots;
    }

    private SlotRange Take(int count) => _window.TryTake(count, out var slots, out _) ? slots : default;
}
