namespace IdGenerator.Leases;

/// <summary>A lease record as the store holds it.</summary>
/// <param name="Record">What it says.</param>
/// <param name="Version">Changes with every write; means nothing but to the store.</param>
public sealed record StoredLease(LeaseRecord Record, string Version);

/// <summary>
/// Where the lease record of one worker ID lives. It must be linearizable and keep what it acknowledged; everything else about
/// leases is decided by <see cref="WorkerLease"/>. Each call fails with <see cref="LeaseStoreException"/> when its outcome is unknown.
/// </summary>
public interface ILeaseStore
{
    /// <summary>
    /// Names a lock that this process holds for as long as it lives, and that no other process can hold meanwhile; null
    /// where the store has none. The holder writes the name into its record (<see cref="LeaseRecord.Lock"/>): a later
    /// process that holds the very same lock knows by it that this holder is dead.
    /// </summary>
    string? Lock { get; }

    /// <summary>The record, or null where there is none.</summary>
    Task<StoredLease?> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Writes the record if the stored one is still of <paramref name="expectedVersion"/> (null: if there is none).
    /// </summary>
    /// <returns>What is stored now; null where another write came first.</returns>
    Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation);
}
