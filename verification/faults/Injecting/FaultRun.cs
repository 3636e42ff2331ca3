namespace IdGenerator.Faults;

/// <summary>Works through a schedule: of each worker, and of the API server, one fault after the other.</summary>
internal sealed class FaultRun(Deployment deployment, IReadOnlyList<Fault> schedule, double seconds)
{
    private const double RecoveryPatience = 60;

    private readonly Injector _injector = new(deployment);
    private readonly Lock _lock = new();
    private readonly List<Fault> _done = [];

    /// <summary>The faults that took effect.</summary>
    public IReadOnlyList<Fault> Done => _done;

    public Task RunAsync() => Task.WhenAll(schedule.GroupBy(fault => fault.Worker).Select(lane => Task.Run(() => RunAsync(lane))));

    private async Task RunAsync(IEnumerable<Fault> lane)
    {
        foreach (var fault in lane.OrderBy(fault => fault.At))
        {
            var wait = fault.At - deployment.Events.Seconds;
            if (wait > 0) await Wait.SecondsAsync(wait);
            if (fault.Worker == Fault.ApiServer || FaultType.Of(fault.Kind).NeedsApiServer) await deployment.ApiServerLane.WaitAsync();
            try
            {
                if (deployment.Events.Seconds < seconds) await InjectAsync(fault);
            }
            finally
            {
                if (fault.Worker == Fault.ApiServer || FaultType.Of(fault.Kind).NeedsApiServer) deployment.ApiServerLane.Release();
            }
        }
    }

    private async Task InjectAsync(Fault fault)
    {
        var worker = fault.Worker == Fault.ApiServer ? null : deployment.Workers[fault.Worker];
        SetUnderFault(worker, fault);
        deployment.Events.Add($"begins: {fault}");
        var tookEffect = await TryInjectAsync(fault);
        deployment.Events.Add($"{(tookEffect ? "ends" : "ends, without effect")}: {fault}");
        if (tookEffect)
        {
            lock (_lock) _done.Add(fault);
        }

        if (worker is null)
        {
            // Long enough for every worker to have renewed.
            await Wait.SecondsAsync(1);
        }
        else if (!await worker.IssuesAsync(RecoveryPatience))
        {
            deployment.Events.Add($"worker {worker.Number} did not recover within {RecoveryPatience} s from: {fault}");
        }

        SetUnderFault(worker, null);
    }

    private async Task<bool> TryInjectAsync(Fault fault)
    {
        try
        {
            return await _injector.InjectAsync(fault);
        }
        catch (HttpRequestException e)
        {
            deployment.Events.Add($"the API server did not answer us: {e.Message}");
            return false;
        }
    }

    private void SetUnderFault(Worker? worker, Fault? fault)
    {
        if (worker is null) deployment.ApiServerFault = fault;
        else worker.Fault = fault;
    }
}
