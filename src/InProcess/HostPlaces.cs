using IdGenerator.Leases;
using Microsoft.Extensions.Logging;

namespace IdGenerator.InProcess;

/// <summary>
/// Worker IDs of this host. Whoever has the locks of one is its only process, so the lowest whose locks are free is this process's, and no claim is
/// needed.
/// </summary>
/// <param name="workers">The worker ID of this process, or those of which it takes one that is free.</param>
/// <param name="isStated">There is one, which is this process's.</param>
/// <param name="space">The ID space.</param>
/// <param name="directory">Of the records.</param>
/// <param name="time">Time.</param>
/// <param name="logger">Is told what is waited for.</param>
internal sealed partial class HostPlaces(
    WorkerRange workers, bool isStated, string space, string directory, TimeProvider time, ILogger<HostPlaces> logger) : IWorkerPlaces
{
    /// <summary>Between two looks at all worker IDs, where none was free: a second.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private HostWorker? _taken;

    public async Task<(WorkerPlace? Place, LeaseRefusal? Refusal)> TakeAsync(Holder holder, CancellationToken cancellation)
    {
        for (var round = 0; ; round++)
        {
            foreach (var worker in workers.Workers)
            {
                cancellation.ThrowIfCancellationRequested();
                var (taken, refusal) = Take(worker);
                if (taken is null && (isStated || refusal!.Reason is not (RefusalReason.Conflict or RefusalReason.Elsewhere))) return (null, refusal);
                if (taken is null && refusal!.Reason == RefusalReason.Elsewhere && round == 0) LogWarning(refusal.Message);
                if (taken is null) continue;
                if (taken.Warning is { } warning) LogWarning(warning);
                _taken = taken;
                return (new(worker, taken.Store, IsClaimed: false), null);
            }

            if (round % 60 == 0) LogNoneIsFree(workers);
            await Task.Delay(Period, time, cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        _taken?.Dispose();
        return ValueTask.CompletedTask;
    }

    private (HostWorker? Worker, LeaseRefusal? Refusal) Take(int worker)
    {
        try
        {
            return HostWorker.Take(space, worker, directory);
        }
        catch (LeaseStoreException e)
        {
            return (null, new(RefusalReason.Store, e.Message));
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "None of the worker IDs {Range} is free: each is held by another process of this host. Waiting for one. Stop a process, or allow more worker IDs.")]
    private partial void LogNoneIsFree(WorkerRange range);

    [LoggerMessage(2, LogLevel.Warning, "{Warning}")]
    private partial void LogWarning(string warning);
}
