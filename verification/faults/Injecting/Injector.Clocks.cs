namespace IdGenerator.Faults;

internal sealed partial class Injector
{
    /// <summary>Counts where the process has seen the step and said so.</summary>
    private static async Task<bool> StepClockAsync(Worker worker, Fault fault)
    {
        const string Words = "the wall clock was ";
        var pod = worker.Pod;
        var before = Count(pod.Log, Words);
        pod.Place.Clock.Set(fault.Amount);
        await Wait.SecondsAsync(fault.Seconds);
        var wasSeen = Count(pod.Log, Words) > before;
        pod.Place.Clock.Set(0);
        // Until the process, too, has the right time again.
        await Wait.SecondsAsync(1.2);
        return wasSeen;
    }

    private static async Task<bool> RestartOnAnotherClockAsync(Worker worker, Fault fault)
    {
        var wasRunning = worker.Pod.IsRunning;
        worker.Pod.Place.Clock.Set(fault.Amount);
        await worker.Pod.KillAsync();
        await Wait.SecondsAsync(fault.Seconds);
        worker.Pod.Place.Clock.Set(0);
        await Wait.SecondsAsync(1.2);
        return wasRunning;
    }

    /// <summary>Counts where the process stopped issuing, as it should, and was killed after several renewals.</summary>
    private static async Task<bool> CrashFarBackAsync(Worker worker, Fault fault)
    {
        var wasRunning = worker.Pod.IsRunning;
        worker.Pod.Place.Clock.Set(fault.Amount);
        await Wait.SecondsAsync(1.2 + fault.Seconds);
        wasRunning &= worker.Pod.IsRunning;
        await worker.Pod.KillAsync();
        // The next process has time to do wrong before its clock is right again.
        await Wait.SecondsAsync(6);
        worker.Pod.Place.Clock.Set(0);
        await Wait.SecondsAsync(1.2);
        return wasRunning;
    }

    /// <summary>Afterwards the worker has to issue at once: it never used anything of the wrong time.</summary>
    private async Task<bool> PutFarGlitchRightAsync(Worker worker, Fault fault)
    {
        const double Patience = 10;
        if (!await worker.IssuesAsync(Patience)) return false;
        worker.Pod.Place.Clock.Set(fault.Amount);
        await Wait.SecondsAsync(1.2 + fault.Seconds);
        var wasRunning = worker.Pod.IsRunning;
        worker.Pod.Place.Clock.Set(0);
        await Wait.SecondsAsync(1.2);
        int changes;
        do
        {
            changes = deployment.ApiServerChanges;
            if (await worker.IssuesAsync(Patience)) return wasRunning;
            // An API server that was in trouble meanwhile excuses the worker, which has all of its time again then.
        }
        while (deployment.ApiServerFault is not null || deployment.ApiServerChanges != changes);

        deployment.Invariants.Violate(worker.Number, "Above", $"nothing was issued within {Patience} s after the wall clock was put right");
        return wasRunning;
    }

    private static int Count(string log, string words) => log.Split(words).Length - 1;
}
