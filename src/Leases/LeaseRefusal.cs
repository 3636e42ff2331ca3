namespace IdGenerator.Leases;

/// <summary>Why a worker ID is not, or no longer, this process's. Final: the process should say so and end.</summary>
/// <param name="Reason">What kind of reason.</param>
/// <param name="Message">One line for whoever runs the process: what is wrong and what to do about it.</param>
public sealed record LeaseRefusal(RefusalReason Reason, string Message)
{
    internal static LeaseRefusal HeldBy(int worker, LeaseRecord record) => new(
        RefusalReason.Conflict,
        $"Worker ID {worker} is held by {record.Holder}, since {record.AcquiredAt:u}. " +
        "Stop that process, or give this one another worker ID.");

    /// <summary>Another process of this host has the worker ID.</summary>
    public static LeaseRefusal HeldOnHost(string space, int worker, string holder) => new(
        RefusalReason.Conflict,
        $"Worker ID {worker} is held by {holder}, in ID space {space} of this host. Stop that process, or give this one another worker ID.");

    internal static LeaseRefusal Lost(int worker, LeaseRecord record) => new(
        RefusalReason.Conflict,
        $"Worker ID {worker} was taken over by {record.Holder?.Name ?? "a process that has ended since"}, " +
        $"at {record.AcquiredAt:u}, while this one was paused or cut off from the lease store. It has stopped issuing.");

    internal static LeaseRefusal Denied(int worker, string problem) => new(
        RefusalReason.Store,
        $"Worker ID {worker}: the lease store has denied this process every request for {LeaseOptions.LongestDenial.TotalSeconds:0} s, " +
        $"and no reserved timestamps are left: {problem}. If the pod of this process was deleted, nothing is to be done. " +
        "Else look at its service account: the account, its token, its role.");

    internal static LeaseRefusal DeniedClaim(WorkerRange range, string problem) => new(
        RefusalReason.Store,
        $"Worker IDs {range}: the lease store has denied this process every request for {LeaseOptions.LongestDenial.TotalSeconds:0} s: {problem}. " +
        "Look at its account or role, and at its password or token.");

    internal static LeaseRefusal Copied(int worker) => new(
        RefusalReason.Conflict,
        $"Worker ID {worker} is held by another copy of this very process, which has renewed the lease: a snapshot of a virtual " +
        "machine or a checkpoint was started twice. This copy has stopped issuing. Give each copy a worker ID of its own.");

    internal static LeaseRefusal OtherLayout(int worker, LeaseRecord record) => new(
        RefusalReason.Layout,
        $"The lease of worker ID {worker} is of layout {record.Layout} (epoch/bits), this program's is {Layout.Name}: " +
        "their IDs can be equal. Use a lease store of its own for each layout.");
}

public enum RefusalReason
{
    /// <summary>Another live process holds the worker ID.</summary>
    Conflict,

    /// <summary>The record was made with another epoch or other bits.</summary>
    Layout,

    /// <summary>The record of the worker ID is in another directory of this host.</summary>
    Elsewhere,

    /// <summary>The store cannot be used as configured: no permission (any more), or a record that cannot be read.</summary>
    Store,
}
