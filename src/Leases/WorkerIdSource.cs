using System.Runtime.CompilerServices;
using IdGenerator.Snowflake;

namespace IdGenerator.Leases;

/// <summary>IDs of the worker that this process holds, straight from its generator.</summary>
public sealed class WorkerIdSource(WorkerLease lease, SlotGenerator generator, LogicalClock clock, TimeProvider time) : IIdSource
{
    /// <summary>
    /// For how long a request waits while nobody gets a slot. Far more than the 20 ms by which logical time may fall behind what
    /// was issued; less would refuse requests where a thread gets no processor for a while.
    /// </summary>
    public static TimeSpan LongestStall { get; } = TimeSpan.FromMilliseconds(200);

    /// <summary>However long the wait, a client should come back within the hour: somebody may set the clock right.</summary>
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private readonly WaitingLine _line = new(generator, clock, time);
    private long _waits;
    private long _stalledAt = -1;

    /// <summary>How often a reservation had to wait for the next millisecond.</summary>
    public long Waits => Volatile.Read(ref _waits);

    public int Worker => lease.Worker;

    public long Issued => generator.Issued;

    public Unavailable? Check() => generator.Check() switch
    {
        ReserveStatus.Reserved => null,
        ReserveStatus.Exhausted => generator.Next == Volatile.Read(ref _stalledAt) ? Stalled() : null,
        var status => Explain(status),
    };

    public ValueTask<Reservation> ReserveAsync(int count, long? since, CancellationToken cancellation)
    {
        if (_line.IsBefore(count)) return WaitAsync(count, since, cancellation);
        var status = generator.TryReserve(count, since, out var slots);
        return status switch
        {
            ReserveStatus.Reserved => new(new Reservation(slots)),
            ReserveStatus.Exhausted => WaitAsync(count, since, cancellation),
            _ => new(new Reservation(default, Explain(status))),
        };
    }

    /// <summary>Reserves what is there at once, and nothing where anybody waits who is served before.</summary>
    /// <param name="count">See <see cref="SlotGenerator.TryReserve"/>.</param>
    /// <param name="since">See <see cref="SlotGenerator.TryReserve"/>.</param>
    /// <param name="slots">What was reserved, if anything was.</param>
    public bool TryReserve(int count, long? since, out SlotRange slots)
    {
        slots = default;
        return !_line.IsBefore(count) && generator.TryReserve(count, since, out slots) == ReserveStatus.Reserved;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Reservation> WaitAsync(int count, long? since, CancellationToken cancellation)
    {
        // All slots since this moment are fair game: waiting coarsely costs none.
        var waiting = _line.JoinAsync(count, Earlier(since, clock.Read().Logical), cancellation);
        Interlocked.Increment(ref _waits);
        var (status, slots) = await waiting.ConfigureAwait(false);
        if (status == ReserveStatus.Reserved) return new(slots);
        if (status != ReserveStatus.Exhausted) return new(default, Explain(status));
        Volatile.Write(ref _stalledAt, generator.Next);
        return new(default, Stalled());
    }

    private static long Earlier(long? since, long now) => Math.Min(since ?? now, now);

    private static Unavailable Stalled() => new("The wall clock stands still", TimeSpan.FromSeconds(1));

    private Unavailable Explain(ReserveStatus status) => status switch
    {
        ReserveStatus.NotHeld => new(lease.Phase switch
        {
            LeasePhase.Lost => $"Worker ID {lease.Worker} is held by another process",
            LeasePhase.Released => "Shutting down",
            LeasePhase.Starting when !clock.IsPlausible =>
                $"The wall clock shows {time.GetUtcNow():yyyy-MM-dd}, which cannot be right: nothing is issued until it is set",
            _ when lease.IsDenied => $"Worker ID {lease.Worker} is not held yet: the lease store denies this process access",
            _ => $"Worker ID {lease.Worker} is not held yet",
        }, TimeSpan.FromSeconds(1)),
        ReserveStatus.ReservationEnded when clock.RefusedStep > 0 => new(
            "The wall clock was stepped ahead further than is followed, and all reserved timestamps are used: set it right, or " +
            "start this process again to follow it", TimeSpan.FromSeconds(1)),
        ReserveStatus.ReservationEnded when lease.IsDenied => new(
            "The lease store denies this process access, and all reserved timestamps are used", TimeSpan.FromSeconds(1)),
        ReserveStatus.ReservationEnded =>
            new("The lease store does not answer, and all reserved timestamps are used", TimeSpan.FromSeconds(1)),
        ReserveStatus.ClockBehind => ClockBehind(TimeSpan.FromMilliseconds(generator.ClockDeficit())),
        ReserveStatus.EndOfTime => new("The 41 bits of the timestamp are used up", TimeSpan.FromDays(1)),
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static Unavailable ClockBehind(TimeSpan wait) => new(
        $"The wall clock is behind the timestamps already issued or reserved; issuing waits for it for {wait.TotalSeconds:0.0} s",
        wait < LongestRetryAfter ? wait : LongestRetryAfter);
}
