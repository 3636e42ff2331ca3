namespace IdGenerator.Snowflake;

/// <summary>What became of an attempt to reserve slots.</summary>
public enum ReserveStatus
{
    Reserved,

    /// <summary>All slots up to the current millisecond are taken: try again in the next one.</summary>
    Exhausted,

    /// <summary>The worker ID is not held (yet, or any more).</summary>
    NotHeld,

    /// <summary>Every timestamp reserved in the lease store is used, and no renewal has got through.</summary>
    ReservationEnded,

    /// <summary>Issued timestamps lead the wall clock by more than <see cref="ClockLimits.MaxLead"/>.</summary>
    ClockBehind,

    /// <summary>The 41 bits of the timestamp are used up. Final.</summary>
    EndOfTime,
}
