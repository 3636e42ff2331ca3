namespace IdGenerator.Faults;

internal sealed partial class Injector
{
    /// <summary>Counts where the process has seen the step and said so.</summary>
    private static async Task<bool> StepClockAsync(Worker worker, Fault fault)
    {
        const string Words = "the wall clock was stepped";
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

    private static int Count(string log, string words) => log.Split(words).Length - 1;
}
