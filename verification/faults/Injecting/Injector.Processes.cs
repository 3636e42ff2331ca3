namespace IdGenerator.Faults;

internal sealed partial class Injector
{
    private static async Task<bool> CrashAsync(Worker worker)
    {
        var wasRunning = worker.Pod.IsRunning;
        await worker.Pod.KillAsync();
        return wasRunning;
    }

    private static async Task<bool> KillPodAsync(Worker worker)
    {
        var wasRunning = worker.Pod.IsRunning;
        await worker.ReplacePodAsync();
        return wasRunning;
    }

    private static async Task<bool> StopCleanlyAsync(Worker worker)
    {
        var old = worker.Pod;
        old.IsWanted = false;
        old.Send(Signal.Terminate);
        await Wait.ForAsync(() => !old.IsRunning, 20);
        var hasStopped = old.ExitCode == 0;
        await worker.ReplacePodAsync();
        return hasStopped;
    }

    private static async Task<bool> PauseAsync(Worker worker, Fault fault)
    {
        var wasRunning = worker.Pod.IsRunning;
        worker.Pod.Send(Signal.Stop);
        await Wait.SecondsAsync(fault.Seconds);
        worker.Pod.Send(Signal.Continue);
        return wasRunning && worker.Pod.IsRunning;
    }

    /// <summary>Counts where the limit was met, whether the kernel found memory to reclaim or ended the process.</summary>
    private static async Task<bool> LimitMemoryAsync(Worker worker, Fault fault)
    {
        if (worker.Pod.Place.Memory is not { } memory) return await LimitHeapAsync(worker, fault);

        var before = memory.Hits;
        memory.Tighten();
        await Wait.SecondsAsync(fault.Seconds);
        memory.Lift();
        return memory.Hits > before;
    }

    /// <summary>Where there are no control groups for us: a container whose heap is too small to live in.</summary>
    private static async Task<bool> LimitHeapAsync(Worker worker, Fault fault)
    {
        var pod = worker.Pod;
        pod.IsWanted = false;
        await pod.KillAsync();
        pod.Start(("DOTNET_GCHeapHardLimit", "0x300000"));
        var hasEnded = await Wait.ForAsync(() => !pod.IsRunning, fault.Seconds);
        await pod.KillAsync();
        pod.IsWanted = true;
        return hasEnded;
    }
}
