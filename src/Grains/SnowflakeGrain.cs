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
internal sealed class SnowflakeGrain(WorkerLease lease, WorkerIdSource source, SlotGenerator generator, LogicalClock clock)
    : Grain, ISnowflakeGrain
{
    public const string TypeName = "snowflake";

    /// <summary>
    /// How many milliseconds back a reservation may reach for slots that nobody has used: 1,000. It costs no caller anything,
    /// because the largest reservation has room for the slots of one second. Without a bound, a caller whose every call goes on
    /// where the last one ended would get timestamps that fall further behind with each call.
    /// </summary>
    private const long Reach = ISnowflakeGrain.MaxCount / Layout.SlotsPerMillisecond;

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

    public ValueTask<WorkerDescription> DescribeAsync()
    {
        var until = generator.Until;
        return new(new WorkerDescription(
            lease.Worker,
            lease.Holder.Name,
            until == 0 ? null : Layout.Epoch.AddMilliseconds(until)));
    }

    private static async ValueTask<SlotReservation> WaitAsync(ValueTask<Reservation> reservation) =>
        (await reservation).ToAnswer();
}
