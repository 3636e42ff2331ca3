using IdGenerator.Leases;

namespace IdGenerator.InProcess;

/// <summary>A worker ID that this process may take, and where its record is.</summary>
/// <param name="Worker">The worker ID.</param>
/// <param name="Store">Its record.</param>
/// <param name="IsClaimed">It was taken by a claim, which has to be given back where nothing comes of it.</param>
internal sealed record WorkerPlace(int Worker, ILeaseStore Store, bool IsClaimed);

/// <summary>Where worker IDs are. It is disposed of when the lease has been given back, and nothing is issued any more.</summary>
internal interface IWorkerPlaces : IAsyncDisposable
{
    /// <summary>Finds the worker ID of this process; where it may have one of several, waits until one is free. Called once.</summary>
    /// <returns>The place, or why there is none.</returns>
    Task<(WorkerPlace? Place, LeaseRefusal? Refusal)> TakeAsync(Holder holder, CancellationToken cancellation);
}
