using IdGenerator.Client;
using Orleans.Runtime.Placement;

namespace IdGenerator.Grains;

/// <summary>
/// Finds the silo of a worker ID in the membership. Never places a grain on another silo: where there is none, the call fails.
/// </summary>
internal sealed class WorkerPlacementDirector(IClusterMembershipService membership) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var worker = target.GrainIdentity.GetIntegerKey();
        var silo = Newest(worker) ?? throw new WorkerUnavailableException($"No silo has worker ID {worker}.");
        if (silo.Status != SiloStatus.Active)
            throw new WorkerUnavailableException($"The silo of worker ID {worker} is {silo.Status}.");

        // A silo that has just joined may not have said yet which grains it has.
        if (!context.GetCompatibleSilos(target).Contains(silo.SiloAddress))
            throw new WorkerUnavailableException($"The silo of worker ID {worker} does not offer its grain (yet).");

        return Task.FromResult(silo.SiloAddress);
    }

    /// <summary>
    /// After a crash the membership can still list the old silo beside the new one. The new one holds the lease, else it
    /// would not have joined.
    /// </summary>
    private ClusterMember? Newest(long worker)
    {
        ClusterMember? newest = null;
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (member.Status == SiloStatus.Dead) continue;
            if (!WorkerSiloName.TryParse(member.Name, out var found) || found != worker) continue;
            if (newest is null || IsBetter(member, newest)) newest = member;
        }

        return newest;
    }

    private static bool IsBetter(ClusterMember member, ClusterMember than)
    {
        var isActive = member.Status == SiloStatus.Active;
        return isActive == (than.Status == SiloStatus.Active)
            ? member.SiloAddress.Generation > than.SiloAddress.Generation
            : isActive;
    }
}
