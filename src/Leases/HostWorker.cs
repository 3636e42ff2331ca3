namespace IdGenerator.Leases;

/// <summary>
/// A worker ID that this process alone has on this host, with its record in a file: the name by which processes of the host exclude each other
/// (<see cref="HostLock"/>), the note where the record is (<see cref="HostRegistry"/>), and the store.
/// </summary>
public sealed class HostWorker : IDisposable
{
    private readonly IDisposable? _name;

    private HostWorker(FileLeaseStore store, IDisposable? name, string? warning) => (Store, _name, Warning) = (store, name, warning);

    /// <summary>The record.</summary>
    public FileLeaseStore Store { get; }

    /// <summary>What an operator should know of the place of the record, if anything.</summary>
    public string? Warning { get; }

    /// <summary>Takes a worker ID, if no other process of this host has it.</summary>
    /// <param name="space">The ID space.</param>
    /// <param name="worker">The worker ID.</param>
    /// <param name="directory">Where the record is to be: an absolute path.</param>
    /// <returns>The worker ID, or why this process may not have it.</returns>
    /// <exception cref="LeaseStoreException">The directory cannot be used, or nothing can keep other processes from the worker ID.</exception>
    public static (HostWorker? Worker, LeaseRefusal? Refusal) Take(string space, int worker, string directory)
    {
        if (HostLock.TakeWorker(space, worker, out var name) is { } holder) return (null, LeaseRefusal.HeldOnHost(space, worker, holder));
        FileLeaseStore? store = null;
        var isTaken = false;
        try
        {
            (store, var refusal) = FileLeaseStore.Open(directory, worker);
            if (store is null) return (null, refusal);
            var answer = HostRegistry.Claim(space, worker, directory);
            if (answer.Refusal is { } elsewhere) return (null, new(RefusalReason.Elsewhere, elsewhere));
            isTaken = true;
            return (new(store, name, answer.Warning), null);
        }
        finally
        {
            if (!isTaken) Free(store, name);
        }
    }

    /// <summary>Gives the worker ID back. By now nothing may issue under it any more: another process can have it at once.</summary>
    public void Dispose() => Free(Store, _name);

    // The file first: whoever finds the name free finds the file free too.
    private static void Free(FileLeaseStore? store, IDisposable? name)
    {
        store?.Dispose();
        name?.Dispose();
    }
}
