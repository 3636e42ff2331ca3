using System.Text.Json.Nodes;

namespace IdGenerator.Faults;

/// <summary>
/// Deleted and restored leases. What the service promises rests on leases that nobody touches; it also says that a holder
/// that finds its lease gone or older writes it again. So these end only once the holder has done so, and until then
/// nothing else happens to it.
/// </summary>
internal sealed partial class Injector
{
    private const double HolderPatience = 30;

    private async Task<bool> DeleteLeaseAsync(Worker worker)
    {
        if (!await worker.IssuesAsync(10) || await deployment.Store.GetAsync(worker) is not { } lease) return false;
        return await deployment.Store.DeleteAsync(worker) && await IsWrittenAgainAsync(worker, lease);
    }

    private async Task<bool> RestoreLeaseAsync(Worker worker, Fault fault)
    {
        if (!await worker.IssuesAsync(10) || await deployment.Store.GetAsync(worker) is not { } copy) return false;
        await Wait.SecondsAsync(fault.Seconds);
        if (await deployment.Store.GetAsync(worker) is not { } lease) return false;
        var isOlder = deployment.Store.ReservedUntil(copy) < deployment.Store.ReservedUntil(lease) && deployment.Store.HolderOf(copy) == deployment.Store.HolderOf(lease);
        return isOlder && await deployment.Store.RestoreAsync(worker, copy) && await IsWrittenAgainAsync(worker, lease);
    }

    private async Task<bool> IsWrittenAgainAsync(Worker worker, JsonNode lease)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while (waited.Elapsed.TotalSeconds < HolderPatience)
        {
            if (await deployment.Store.GetAsync(worker) is { } found
                && deployment.Store.ReservedUntil(found) >= deployment.Store.ReservedUntil(lease)) return true;
            await Wait.SecondsAsync(0.2);
        }

        throw new HarnessException($"worker {worker.Number} did not write its lease again within {HolderPatience} s");
    }
}
