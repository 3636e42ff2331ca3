namespace IdGenerator.Leases;

/// <summary>
/// How far the holder of a worker ID can have got, for a process on the same boot of the same host that knows it to be dead.
/// <para>
/// Example: at 12:00:00 the holder's logical time is 12:00:00 too, and it records that. The wall clock is set back to 11:59:20.
/// What was issued up to 12:00:05 stands in <paramref name="Next"/>; from 11:59:20 on the holder's time runs on a line that the
/// second renewal records in <paramref name="Ceiling"/>. The bound is the larger of the two, so that a restart in between
/// repeats nothing.
/// </para>
/// </summary>
/// <param name="BootId">Names the boot, and with it the monotonic clock.</param>
/// <param name="Monotonic">A reading of that clock, in milliseconds.</param>
/// <param name="Ceiling">
/// The highest timestamp that the holder's logical time can have reached at that reading, in milliseconds since the epoch of
/// the layout. From there it runs no faster than the monotonic clock.
/// </param>
/// <param name="Next">
/// The first timestamp above everything that the holder, or any process before it, had issued when it adopted the line in use.
/// Null in a record of an earlier release, whose mark bounds nothing.
/// </param>
public sealed record BootMark(string BootId, long Monotonic, long Ceiling, long? Next)
{
    /// <summary>
    /// The first timestamp that a holder which is dead by now cannot have issued; null where the mark says nothing of it:
    /// on another boot, or on a monotonic clock that did not keep its word.
    /// </summary>
    public long? FirstUnused(string bootId, long monotonic) =>
        bootId == BootId && monotonic >= Monotonic && Next is { } next
            ? Math.Max(next, Ceiling + (monotonic - Monotonic) + 1)
            : null;
}
