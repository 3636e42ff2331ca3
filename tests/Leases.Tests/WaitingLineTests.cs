using IdGenerator.Snowflake;
using IdGenerator.Testing;

namespace IdGenerator.Leases.Tests;

/// <summary>Requests for which the millisecond had no slots left.</summary>
public sealed class WaitingLineTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task They_are_served_in_the_order_in_which_they_came()
    {
        var source = await ExhaustedAsync();
        var waiting = Enumerable.Range(0, 30).Select(_ => Reserve(source, 100)).ToList();

        _time.AdvanceMilliseconds(1);

        var served = await Task.WhenAll(waiting);
        Assert.Equal(served.OrderBy(reservation => reservation.Slots.First), served);
        Assert.All(served, reservation => Assert.Equal(100, reservation.Slots.Count));
    }

    [Fact]
    public async Task Small_ones_are_served_before_large_ones()
    {
        var source = await ExhaustedAsync();
        var large = Reserve(source, 4_096);
        var small = Reserve(source, 1);

        _time.AdvanceMilliseconds(1);

        Assert.True((await small).Slots.First < (await large).Slots.First);
    }

    [Fact]
    public async Task Who_does_not_wait_gets_nothing_while_another_one_waits()
    {
        var source = await ExhaustedAsync();
        Assert.False(source.TryReserve(4_096, since: null, out _));
        var waiting = Reserve(source, 4_096);
        _time.AdvanceBeforeTimers(TimeSpan.Zero);
        Assert.False(source.TryReserve(4_096, since: null, out _));
        _time.AdvanceMilliseconds(3);

        var before = (await waiting).Slots;
        Assert.True(source.TryReserve(4_096, before.Timestamp, out var slots));
        Assert.Equal(before.End, slots.First);
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(100, 40)]
    [InlineData(200, 21)]
    [InlineData(1_000, 5)]
    public async Task However_many_small_ones_wait_and_for_how_much_a_large_one_has_its_turn(int count, int served)
    {
        var source = await ExhaustedAsync();
        var small = Enumerable.Range(0, 100).Select(_ => Reserve(source, count)).ToList();
        var large = Reserve(source, 3_000);

        for (var passed = 0; passed < 100; passed++) _time.AdvanceMilliseconds(1);

        var reservation = await large;
        var before = (await Task.WhenAll(small)).Count(one => one.Slots.First < reservation.Slots.First);
        Assert.Equal(served, before);
    }

    [Fact]
    public async Task A_timer_that_is_late_costs_them_no_slots()
    {
        var source = await ExhaustedAsync();
        var waiting = Enumerable.Range(0, 8).Select(_ => Reserve(source, 4_096)).ToList();

        _time.AdvanceBeforeTimers(TimeSpan.FromMilliseconds(10));

        Assert.All(await Task.WhenAll(waiting), reservation => Assert.Equal(4_096, reservation.Slots.Count));
    }

    [Fact]
    public async Task The_first_request_of_a_millisecond_serves_them_however_late_the_timer_is()
    {
        _time.Advance(TimeSpan.FromMilliseconds(0.7));
        var source = await ExhaustedAsync();
        var waiting = Reserve(source, 100);

        _time.Advance(TimeSpan.FromMilliseconds(0.5));
        Assert.False(waiting.IsCompleted);
        var newcomer = Reserve(source, 100);

        Assert.True(newcomer.IsCompletedSuccessfully);
        Assert.True((await waiting).Slots.First < (await newcomer).Slots.First);
    }

    [Fact]
    public async Task Who_has_left_takes_no_slots()
    {
        var source = await ExhaustedAsync();
        using var leave = new CancellationTokenSource();
        var left = source.ReserveAsync(1_000, since: null, leave.Token).AsTask();
        var other = Reserve(source, 1);
        var before = source.Issued;
        await leave.CancelAsync();

        _time.AdvanceMilliseconds(1);

        await other;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        Assert.Equal(1, source.Issued - before);
    }

    [Fact]
    public async Task The_end_of_the_lease_ends_their_wait()
    {
        var rig = await new Rig(new FaultyStore(), _time).HoldingAsync();
        Exhaust(rig.Generator);
        var waiting = Reserve(rig.Source, 1);
        await rig.Lease.ReleaseAsync(CancellationToken.None);

        _time.AdvanceMilliseconds(1);

        Assert.Equal("Shutting down", (await waiting).Refusal?.Reason);
    }

    private async Task<WorkerIdSource> ExhaustedAsync()
    {
        var rig = await new Rig(new FaultyStore(), _time).HoldingAsync();
        Exhaust(rig.Generator);
        return rig.Source;
    }

    private static void Exhaust(SlotGenerator generator)
    {
        while (generator.TryReserve(100, since: null, out _) == ReserveStatus.Reserved)
        {
            // Until the millisecond has none left.
        }
    }

    private static Task<Reservation> Reserve(WorkerIdSource source, int count) =>
        source.ReserveAsync(count, since: null, CancellationToken.None).AsTask();
}
