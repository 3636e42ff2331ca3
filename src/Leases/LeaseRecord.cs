using System.Text.Json.Serialization;

namespace IdGenerator.Leases;

/// <summary>
/// What the store keeps of a worker ID, for as long as IDs of that worker exist: deleting it, or restoring an older copy,
/// takes the ground from under the promise that no two IDs are equal.
/// All timestamps are in milliseconds since the epoch of the layout.
/// </summary>
public sealed record LeaseRecord
{
    /// <summary>Who holds the worker ID; null after a clean stop.</summary>
    public required Holder? Holder { get; init; }

    /// <summary>Raised by every process that takes the worker ID.</summary>
    public required long Generation { get; init; }

    /// <summary>
    /// The fence: no timestamp at or above this has been issued, and whoever comes next begins here (or earlier only where
    /// <see cref="Boot"/> proves that the dead holder cannot have got this far).
    /// </summary>
    public required long ReservedUntil { get; init; }

    /// <summary>How far the holder can have got; null in a released record.</summary>
    public BootMark? Boot { get; init; }

    /// <summary>
    /// The lock that the holder holds for as long as it lives (<see cref="ILeaseStore.Lock"/>); null where it holds none.
    /// Whoever holds the lock of this name now knows that the holder is dead.
    /// </summary>
    public string? Lock { get; init; }

    /// <summary>How often the holder has written the record since it took the worker ID. An older copy says less.</summary>
    public long Writes { get; init; }

    /// <summary>
    /// Random, of the attempt that wrote the record: by it a holder tells its own write, whose answer was lost, from the write of a
    /// copy of itself (a virtual machine's snapshot, CRIU). Null in a record of an earlier release.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Epoch and bits. Another layout could make equal IDs of other timestamps.</summary>
    public required string Layout { get; init; }

    /// <summary>When the holder took the worker ID, by its wall clock. For people; nothing is decided by it.</summary>
    public required DateTimeOffset AcquiredAt { get; init; }

    /// <summary>When the record was last written, by the writer's wall clock. For people; nothing is decided by it.</summary>
    public required DateTimeOffset RenewedAt { get; init; }

    /// <summary>For how many seconds the record must stay unchanged, on the watcher's own clock, to be taken over.</summary>
    public required int DurationSeconds { get; init; }

    [JsonIgnore]
    public TimeSpan Duration => TimeSpan.FromSeconds(DurationSeconds);
}
