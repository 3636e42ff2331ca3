using System.Net;
using IdGenerator.Hostile.Assaults;

namespace IdGenerator.Hostile.ClientPort;

/// <summary>A well-behaved Orleans client: it waits for each answer.</summary>
internal sealed class CallingBystander : Bystander
{
    private readonly Caller _caller;

    private CallingBystander(Caller caller)
        : base("ReserveAsync")
    {
        _caller = caller;
        Start(ReserveAsync);
    }

    public static async Task<CallingBystander> StartAsync(IPEndPoint silo)
    {
        var caller = await Caller.StartAsync(silo);
        await caller.Worker.ReserveAsync(1, since: null);
        return new(caller);
    }

    public override async Task StopAsync()
    {
        await base.StopAsync();
        await _caller.DisposeAsync();
    }

    private async Task<string?> ReserveAsync()
    {
        try
        {
            return (await _caller.Worker.ReserveAsync(100, since: null)).Refusal;
        }
        catch (Exception e)
        {
            return e.Message;
        }
    }
}
