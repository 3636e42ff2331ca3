namespace IdGenerator.Leases;

/// <summary>
/// How far the holder of a worker ID can have got, for a process on the same boot of the same host that knows it to be dead: a
/// point on the monotonic clock, and the timestamp that the holder cannot have passed there. The holder's logical time never
/// runs faster than the monotonic clock from here.
/// <para>
/// Example: when the monotonic clock shows 100 s, the record says "at most 12:00:00.010". The holder is killed, and the same
/// container starts again at 107 s. What was issued is at most 12:00:07.010, so the new process begins at 12:00:07.011.
/// </para>
/// </summary>
/// <param name="BootId">Names the boot, and with it the monotonic clock.</param>
/// <param name="Monotonic">A reading of that clock, in milliseconds.</param>
/// <param name="Ceiling">The bound at that reading, in milliseconds since the epoch of the layout.</param>
public sealed record BootMark(string BootId, long Monotonic, long Ceiling)
{
    /// <summary>
    /// The first timestamp that a holder which is dead by now cannot have issued; null where the mark says nothing of it:
    /// on another boot, or on a monotonic clock that did not keep its word.
    /// </summary>
    public long? FirstUnused(string bootId, long monotonic) =>
        bootId == BootId && monotonic >= Monotonic ? Ceiling + (monotonic - Monotonic) + 1 : null;
}
