using IdGenerator.Client;
using IdGenerator.Snowflake;

namespace IdGenerator.Grains;

/// <summary>A <see cref="Reservation"/> as the grain's answer.</summary>
internal static class SlotReservations
{
    public static SlotReservation ToAnswer(this Reservation reservation) => reservation.Refusal is { } refusal
        ? new(0, 0, refusal.Reason, refusal.RetryAfter)
        : new(reservation.Slots.First, reservation.Slots.Count);
}
