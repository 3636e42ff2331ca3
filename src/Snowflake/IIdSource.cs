namespace IdGenerator.Snowflake;

/// <summary>Where IDs come from: all that the HTTP gateway knows of an engine.</summary>
public interface IIdSource
{
    /// <summary>Whose IDs they are.</summary>
    int Worker { get; }

    /// <summary>IDs given to callers so far; never falls.</summary>
    long Issued { get; }

    /// <summary>Why no IDs can be issued at this moment; null where they can.</summary>
    Unavailable? Check();

    /// <summary>
    /// Reserves the slots of up to <paramref name="count"/> IDs, as many as there are at once; waits where there are none yet,
    /// for a millisecond or so. Ask again for the rest, with <paramref name="since"/> the first timestamp got: the IDs of later
    /// answers to the same caller are higher than those of earlier ones.
    /// </summary>
    /// <param name="count">At least 1.</param>
    /// <param name="since">See <see cref="SlotGenerator.TryReserve"/>.</param>
    /// <param name="cancellation">Ends the wait; what is reserved by then is lost, never given out twice.</param>
    ValueTask<Reservation> ReserveAsync(int count, long? since, CancellationToken cancellation);
}

/// <summary>Slots of one worker, or why there are none.</summary>
/// <param name="Slots">At least one slot, unless <paramref name="Refusal"/> says why not.</param>
/// <param name="Refusal">Null where there are slots.</param>
public readonly record struct Reservation(SlotRange Slots, Unavailable? Refusal = null);

/// <summary>A state in which no IDs are issued.</summary>
/// <param name="Reason">A sentence for the caller.</param>
/// <param name="RetryAfter">When it may be over.</param>
public sealed record Unavailable(string Reason, TimeSpan RetryAfter);
