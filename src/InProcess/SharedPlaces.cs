using IdGenerator.Leases;
using Microsoft.Extensions.Logging;

namespace IdGenerator.InProcess;

/// <summary>Worker IDs in a store that all processes share, and that refuses a second one by itself.</summary>
/// <param name="workers">The worker ID of this process, or those of which it takes one that is free.</param>
/// <param name="isStated">There is one, which is this process's.</param>
/// <param name="open">Opens the store of a worker ID.</param>
/// <param name="client">What the stores have in common, to be closed in the end.</param>
/// <param name="time">Time.</param>
/// <param name="logger">Is told what is waited for.</param>
internal sealed class SharedPlaces(
    WorkerRange workers, bool isStated, Func<int, ILeaseStore> open, IAsyncDisposable? client, TimeProvider time, ILogger<WorkerClaim> logger)
    : IWorkerPlaces
{
    public async Task<(WorkerPlace? Place, LeaseRefusal? Refusal)> TakeAsync(Holder holder, CancellationToken cancellation)
    {
        if (isStated) return (new(workers.First, open(workers.First), IsClaimed: false), null);
        var claim = new WorkerClaim(workers, holder, open, new(), time, logger);
        var (worker, refusal) = await claim.TakeAsync(cancellation).ConfigureAwait(false);
        return worker is { } taken ? (new(taken, open(taken), IsClaimed: true), null) : (null, refusal);
    }

    public ValueTask DisposeAsync() => client?.DisposeAsync() ?? ValueTask.CompletedTask;
}
