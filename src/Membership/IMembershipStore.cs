using IdGenerator.Leases;

namespace IdGenerator.Membership;

/// <summary>
/// Where the membership of one cluster lives: one document, which changes as a whole or not at all. What it means is decided by
/// <see cref="MembershipTable"/>. Each call fails with <see cref="MembershipException"/> where this process may not do it or the document is none
/// of this cluster, and with an exception of the store's own where its outcome is unknown.
/// </summary>
public interface IMembershipStore
{
    /// <summary>Orleans' cluster ID; a document of another is refused.</summary>
    string Cluster { get; }

    /// <summary>What the document is called, for messages.</summary>
    string Subject { get; }

    /// <param name="cached">
    /// True where a change of another silo that is some seconds old may be missing. What this store has read or written is never missing.
    /// Costs the store next to nothing where the document has not changed since it was last read.
    /// </param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null where there is no document.</returns>
    Task<MembershipDocument?> ReadAsync(bool cached, CancellationToken cancellation);

    /// <summary>Makes the document with all the rows in it at once, unless somebody else has made it.</summary>
    /// <returns>False where somebody else has.</returns>
    Task<bool> CreateAsync(int version, IReadOnlyCollection<MembershipRow> rows, CancellationToken cancellation);

    /// <summary>
    /// Changes the document. The later of two times to have been alive stays (<see cref="MembershipRow.Alive"/>).
    /// </summary>
    /// <param name="over">The document as it has to be, as this store has read it.</param>
    /// <param name="change">What becomes of it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>False where others have written in between, or the document is gone.</returns>
    Task<bool> ChangeAsync(MembershipDocument over, MembershipChange change, CancellationToken cancellation);

    /// <summary>
    /// Says in the document that a silo is alive, whatever its version: concerns that silo alone, and brings no removed row back. For silos
    /// whose leases are in another store (<see cref="INotedLeaseStore"/>).
    /// </summary>
    /// <returns>False where others have written in between, or the document is gone.</returns>
    Task<bool> SayAliveAsync(string address, DateTime utc, CancellationToken cancellation);
}
