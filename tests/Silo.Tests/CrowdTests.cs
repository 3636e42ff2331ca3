using IdGenerator.Membership;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>Hundreds of silos that join at once read and write one after the other, each in a slot of its own.</summary>
public sealed class CrowdTests : FakeApiServerTest
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void No_two_workers_are_in_their_slots_at_the_same_time_and_each_has_one_soon()
    {
        var random = new Random(1);
        for (var i = 0; i < 10_000; i++)
        {
            var now = new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero).AddTicks(random.NextInt64(TimeSpan.TicksPerDay));
            var highest = random.Next(2, 1_024);
            var (one, other) = (random.Next(highest + 1), random.Next(highest + 1));

            var wait = MembershipTable.UntilSlot(now, one, highest);

            Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(103));
            Assert.Equal(TimeSpan.Zero, MembershipTable.UntilSlot(now + wait, one, highest));
            Assert.Equal(TimeSpan.Zero, MembershipTable.UntilSlot(now + wait + TimeSpan.FromMilliseconds(wait > TimeSpan.Zero ? 19 : 0), one, highest));
            if (one != other) Assert.NotEqual(TimeSpan.Zero, MembershipTable.UntilSlot(now + wait, other, highest));
        }
    }

    [Fact]
    public async Task A_silo_that_joins_in_a_crowd_reads_the_table_in_its_slot()
    {
        await CrowdAsync(17);
        var late = await LeasedSilo.TakeAsync(Client, 40, time: _time);
        await late.Table.InitializeMembershipTableAsync(true);
        // Long before the slot: the last one has just begun.
        _time.Advance(MembershipTable.UntilSlot(_time.GetUtcNow(), 39, 40));
        _time.Advance(MembershipTable.UntilSlot(_time.GetUtcNow(), 41, 41));

        var reading = late.Table.ReadAllAsync();
        await _time.UntilTimersAsync(1);
        _time.Advance(MembershipTable.UntilSlot(_time.GetUtcNow(), 40, 40) - TimeSpan.FromTicks(1));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        await reading;

        // In the slot nothing waits any more.
        await late.Table.ReadAllAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Sixteen_that_join_are_no_crowd()
    {
        await CrowdAsync(16);
        var late = await LeasedSilo.TakeAsync(Client, 40, time: _time);
        await late.Table.InitializeMembershipTableAsync(true);
        LeaveSlot();

        await late.Table.ReadAllAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_member_waits_for_no_slot()
    {
        var member = await LeasedSilo.JoinAsync(Client, 40, time: _time);
        await CrowdAsync(17);
        await member.Table.ReadAllAsync();
        LeaveSlot();

        await member.Table.ReadAllAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Into that of worker 39.</summary>
    private void LeaveSlot() => _time.Advance(MembershipTable.UntilSlot(_time.GetUtcNow(), 39, 40));

    private async Task CrowdAsync(int silos)
    {
        for (var worker = 0; worker < silos; worker++)
        {
            var silo = await LeasedSilo.TakeAsync(Client, worker, time: _time);
            silo.Entry.StartTime = _time.GetUtcNow().UtcDateTime;
            Assert.NotNull(await silo.Table.TryJoinAsync(silo.Entry));
        }
    }
}
