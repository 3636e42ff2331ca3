using System.Runtime.CompilerServices;
using IdGenerator.Snowflake;

namespace IdGenerator.Leases;

/// <summary>IDs of the worker that this process holds, straight from its generator.</summary>
public sealed class WorkerIdSource(WorkerLease lease, SlotGenerator generator, TimeProvider time) : IIdSource
{
    private static readonly TimeSpan OneMillisecond = TimeSpan.FromMilliseconds(1);

    private long _waits;

    /// <summary>How often a reservation had to wait for the next millisecond.</summary>
    public long Waits => Volatile.Read(ref _waits);

    public long Issued => generator.Issued;

    public Unavailable? Check() => generator.Check() switch
    {
        ReserveStatus.Reserved or ReserveStatus.Exhausted => null,
        var status => Explain(status),
    };

    public ValueTask<Reservation> ReserveAsync(int count, long since, CancellationToken cancellation)
    {
        var status = generator.TryReserve(count, since, out var slots);
        return status == ReserveStatus.Reserved
            ? new(new Reservation(new(lease.Worker, slots)))
            : WaitAsync(status, count, since, cancellation);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reservation> WaitAsync(
        ReserveStatus status, int count, long since, CancellationToken cancellation)
    {
        while (status == ReserveStatus.Exhausted)
        {
            Interlocked.Increment(ref _waits);
            await Task.Delay(OneMillisecond, time, cancellation);
            status = generator.TryReserve(count, since, out var slots);
            if (status == ReserveStatus.Reserved) return new(new(lease.Worker, slots));
        }

        return new(default, Explain(status));
    }

    private Unavailable Explain(ReserveStatus status) => status switch
    {
        ReserveStatus.NotHeld => new(lease.Phase switch
        {
            LeasePhase.Lost => $"Worker ID {lease.Worker} is held by another process",
            LeasePhase.Released => "Shutting down",
            _ => $"Worker ID {lease.Worker} is not held yet",
        }, TimeSpan.FromSeconds(1)),
        ReserveStatus.ReservationEnded =>
            new("The lease store does not answer, and all reserved timestamps are used", TimeSpan.FromSeconds(1)),
        ReserveStatus.ClockBehind => ClockBehind(TimeSpan.FromMilliseconds(generator.ClockDeficit())),
        ReserveStatus.EndOfTime => new("The 41 bits of the timestamp are used up", TimeSpan.FromDays(1)),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static Unavailable ClockBehind(TimeSpan wait) => new(
        $"The wall clock is behind the timestamps already issued; issuing waits for it for {wait.TotalSeconds:0.0} s", wait);
}
