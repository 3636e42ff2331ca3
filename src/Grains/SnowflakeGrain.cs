using System.Runtime.CompilerServices;
using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using Orleans.GrainDirectory;
using Orleans.Placement;

namespace IdGenerator.Grains;

/// <inheritdoc/>
/// <remarks>
/// The grain is where calls arrive, not what keeps IDs apart: an activation, of which there can be two for a moment, proves
/// nothing. The lease does; all activations on a silo share its one generator.
/// </remarks>
[GrainType(TypeName), KeepAlive, Immovable, WorkerPlacement, GrainDirectory(NoDirectory.Name)]
internal sealed class SnowflakeGrain(
    WorkerLease lease, WorkerIdSource source, SlotGenerator generator, LogicalClock clock, BulkGate gate, GivenIds given)
    : Grain, ISnowflakeGrain, IBulkGrain
{
    public const string TypeName = "snowflake";

    /// <summary>
    /// How many milliseconds back a reservation may reach for slots that nobody has used: 1,000. It costs no caller anything,
    /// because the largest reservation has room for the slots of one second. Without a bound, a caller whose every call goes on
    /// where the last one ended would get timestamps that fall further behind with each call.
    /// </summary>
    private const long Reach = ISnowflakeGrain.MaxCount / Layout.SlotsPerMillisecond;

    /// <summary>How many slots a bulk takes in a turn: as many as a millisecond has. Bulks of the worker's own gateway do the same.</summary>
    private const int Turn = Layout.SlotsPerMillisecond;

    // Of the process: Orleans keeps what a stream needs until it was read to its end, or not read for a while.
    private static int _streams;

    public ValueTask<SlotReservation> ReserveAsync(int count, long? since)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ISnowflakeGrain.MaxCount);
        if (since is { } timestamp) since = Math.Max(timestamp, clock.Read().Logical - Reach);
        var reservation = source.ReserveAsync(count, since, CancellationToken.None);
        return reservation.IsCompletedSuccessfully
            ? new(reservation.Result.ToAnswer())
            : WaitAsync(reservation);
    }

    public async IAsyncEnumerable<SlotReservation> StreamAsync(
        long count, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ISnowflakeGrain.MaxCount);
        long? since = null;
        try
        {
            if (Interlocked.Increment(ref _streams) > ISnowflakeGrain.MaxStreams)
            {
                yield return new(0, 0, "Too many streams at once", TimeSpan.FromSeconds(1));
                yield break;
            }

            while (count > 0)
            {
                var reservation = await source.ReserveAsync((int)count, since, cancellation);
                yield return reservation.ToAnswer();
                if (reservation.Refusal is not null) yield break;

                since ??= reservation.Slots.Timestamp;
                count -= reservation.Slots.Count;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    public async ValueTask<BulkSlots> TakeAsync(int count, long? since, int from)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, IBulkGrain.MaxCount);
        if (from == lease.Worker) return await TakeAsync(count, since);
        if (!gate.TryEnter()) return new(0, [], "Too many bulk requests at once", TimeSpan.FromSeconds(1));
        try
        {
            var slots = await TakeAsync(count, since);
            foreach (var range in slots.Ranges) given.Add(range.Count);
            return slots;
        }
        finally
        {
            gate.Leave();
        }
    }

    public ValueTask<WorkerDescription> DescribeAsync()
    {
        var until = generator.Until;
        return new(new WorkerDescription(
            lease.Worker,
            lease.Holder.Name,
            until == 0 ? null : Layout.Epoch.AddMilliseconds(until)));
    }

    private async ValueTask<BulkSlots> TakeAsync(int count, long? since)
    {
        if (since is { } timestamp) since = Math.Max(timestamp, clock.Read().Logical - Reach);
        var (slots, refusal) = await source.ReserveAsync(Math.Min(count, Turn), since, CancellationToken.None);
        if (refusal is not null) return new(0, [], refusal.Reason, refusal.RetryAfter);

        since ??= slots.Timestamp;
        var ranges = new List<SlotReservation> { new(slots.First, slots.Count) };
        for (var left = count - slots.Count; left > 0; left -= slots.Count)
        {
            if (!source.TryReserve(Math.Min(left, Turn), since, out slots)) break;
            if (ranges[^1].Slots.End == slots.First) ranges[^1] = new(ranges[^1].First, ranges[^1].Count + slots.Count);
            else ranges.Add(new(slots.First, slots.Count));
        }

        return new(clock.Read().Logical, [.. ranges]);
    }

    private static async ValueTask<SlotReservation> WaitAsync(ValueTask<Reservation> reservation) =>
        (await reservation).ToAnswer();
}
