namespace IdGenerator.Leases;

/// <summary>
/// A point on the monotonic clock of one boot of one host and what logical time cannot have passed there. The holder's
/// logical time never runs faster than the monotonic clock from here.
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
