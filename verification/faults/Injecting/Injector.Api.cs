namespace IdGenerator.Faults;

internal sealed partial class Injector
{
    private async Task<bool> KillApiServerAsync(Fault fault)
    {
        deployment.Store.Fail();
        await Wait.SecondsAsync(fault.Seconds);
        await deployment.Store.RecoverAsync();
        return true;
    }

    private async Task<bool> TroubleAsync(Treatment treatment, Fault fault)
    {
        var trouble = deployment.Store.Trouble = new(treatment, fault.Amount);
        await Wait.SecondsAsync(fault.Seconds);
        deployment.Store.Trouble = null;
        return trouble.Hits > 0;
    }

    private async Task<bool> CutOffAsync(Worker worker, Fault fault)
    {
        var place = worker.Pod.Place;
        var trouble = deployment.Store.CutOff(place);
        await Wait.SecondsAsync(fault.Seconds);
        deployment.Store.Reconnect(place);
        return trouble.Hits > 0;
    }

    private static async Task<bool> CutLinkAsync(Worker worker, Fault fault)
    {
        var place = worker.Pod.Place;
        Network.SetLink(place.Name, isUp: false);
        await Wait.SecondsAsync(fault.Seconds);
        Network.SetLink(place.Name, isUp: true);
        return true;
    }
}
