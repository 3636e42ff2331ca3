namespace IdGenerator.Leases;

/// <summary>
/// What the holder of a worker ID puts beside the record of its lease: no part of the record, and nothing about IDs is decided by it.
/// </summary>
/// <param name="Row">Its silo's row of the membership, as text.</param>
/// <param name="Version">No version of the membership above this one was written by a silo of this worker.</param>
/// <param name="Alive">When the silo last said that it is alive, by its own clock, in UTC.</param>
public sealed record SiloNote(string Row, int Version, DateTime Alive);

/// <summary>What the lease of a worker says of its silo.</summary>
/// <param name="Note">Null where the lease is held by nobody, or by a process that has written none.</param>
/// <param name="Generation">Of the record (<see cref="LeaseRecord.Generation"/>).</param>
/// <param name="Version">No version above this one was written by a silo of this worker, this one or an earlier one.</param>
public sealed record NotedLease(SiloNote? Note, long Generation, int Version);
