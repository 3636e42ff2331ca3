namespace IdGenerator.Faults;

/// <summary>
/// Two pods of one worker ID, as after <c>kubectl delete pod --force</c>: the first is not known any more, and runs. One of
/// them has to end by itself.
/// </summary>
internal sealed partial class Injector
{
    private const double TakeOverPatience = 45;

    private static async Task<bool> StartTwinAsync(Worker worker, Fault fault)
    {
        var first = worker.Pod;
        var second = AddTwin(worker, fault);
        first.IsWanted = false;
        var oneHasEnded = await Wait.ForAsync(() => !first.IsRunning || !second.IsRunning, TakeOverPatience);
        await worker.KeepAsync(first.IsRunning || !oneHasEnded ? first : second);
        SetClocksRight(worker);
        return oneHasEnded;
    }

    private Task<bool> StartTwinOfPausedAsync(Worker worker, Fault fault)
    {
        var first = worker.Pod;
        return ReplaceAsync(worker, fault, () => first.Send(Signal.Stop), () => first.Send(Signal.Continue));
    }

    private Task<bool> StartTwinOfCutOffAsync(Worker worker, Fault fault)
    {
        var place = worker.Pod.Place;
        return ReplaceAsync(worker, fault, () => deployment.Store.CutOff(place), () => deployment.Store.Reconnect(place));
    }

    private Task<bool> StartTwinOfUnlinkedAsync(Worker worker, Fault fault)
    {
        var place = worker.Pod.Place.Name;
        return ReplaceAsync(
            worker, fault, () => Network.SetLink(place, isUp: false), () => Network.SetLink(place, isUp: true));
    }

    /// <summary>The second takes over while the first is impaired, and is still there when the first is well again.</summary>
    private async Task<bool> ReplaceAsync(Worker worker, Fault fault, Action impair, Action repair)
    {
        var first = worker.Pod;
        first.IsWanted = false;
        impair();
        var second = AddTwin(worker, fault);
        second.IsWanted = true;
        var since = System.Diagnostics.Stopwatch.GetTimestamp();
        var hasTakenOver = await Wait.ForAsync(() => second.Place.IssuedAt >= since, TakeOverPatience);
        await Wait.SecondsAsync(fault.Seconds);
        repair();
        if (!await Wait.ForAsync(() => !first.IsRunning, TakeOverPatience))
            deployment.Events.Add($"worker {worker.Number}: the first of two pods did not end by itself");
        await worker.KeepAsync(second);
        SetClocksRight(worker);
        return hasTakenOver;
    }

    /// <summary>On a wall clock of its own, as on another node.</summary>
    private static Pod AddTwin(Worker worker, Fault fault)
    {
        worker.Places.Single(place => place != worker.Pod.Place).Clock.Set(fault.Amount);
        return worker.AddTwin();
    }

    private static void SetClocksRight(Worker worker)
    {
        foreach (var place in worker.Places) place.Clock.Set(0);
    }
}
