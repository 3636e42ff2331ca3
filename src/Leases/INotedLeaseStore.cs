namespace IdGenerator.Leases;

/// <summary>
/// A lease store that silos find each other through as well: beside the record, the holder of a worker ID keeps a note of its silo there,
/// and reads those of all others.
/// </summary>
public interface INotedLeaseStore : ILeaseStore
{
    /// <summary>Of the record that this process wrote last: that of its own term, once it holds the worker ID. 0 before.</summary>
    long Generation { get; }

    /// <summary>How often this process has written the record or the note: each time says that it is alive.</summary>
    long Writes { get; }

    /// <summary>
    /// Writes the note, and keeps it beside the record with every write of it from now on. The record stays as it is, and so does what a
    /// later <see cref="ILeaseStore.WriteAsync"/> may expect.
    /// </summary>
    /// <returns>False where the lease is not, or no longer, of the term that this process wrote last.</returns>
    /// <exception cref="LeaseStoreException">Nobody knows whether it was written, or the lease is gone until its next renewal.</exception>
    Task<bool> NoteAsync(SiloNote note, CancellationToken cancellation);

    /// <summary>What the leases of all workers say of their silos; those without a record that can be read are left out.</summary>
    /// <param name="cached">True where what was written within some seconds may be missing; false for all that was written before this call.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="LeaseStoreException">There was no answer, or this process may not read them (<see cref="LeaseStoreException.IsFinal"/>).</exception>
    Task<IReadOnlyList<NotedLease>> ReadAllAsync(bool cached, CancellationToken cancellation);
}
