namespace IdGenerator.Leases;

/// <summary>Where a <see cref="WorkerLease"/> is in its life. Each phase is entered at most once, in this order.</summary>
public enum LeasePhase
{
    /// <summary>The record is being read and taken.</summary>
    Starting,

    /// <summary>The record names another holder; it is being watched for signs of life.</summary>
    Watching,

    /// <summary>The worker ID is ours, and timestamps are reserved.</summary>
    Held,

    /// <summary>Another process has the worker ID. Final.</summary>
    Lost,

    /// <summary>Given back in a clean stop. Final.</summary>
    Released,
}
