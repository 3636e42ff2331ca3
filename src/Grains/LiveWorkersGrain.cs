using IdGenerator.Client;
using Orleans.Concurrency;

namespace IdGenerator.Grains;

/// <inheritdoc/>
[GrainType("live-workers"), StatelessWorker]
internal sealed class LiveWorkersGrain(IClusterMembershipService membership) : Grain, ILiveWorkersGrain
{
    public ValueTask<int[]> ListAsync()
    {
        var workers = new List<int>();
        foreach (var member in membership.CurrentSnapshot.Members.Values)
        {
            if (member.Status == SiloStatus.Active && WorkerSiloName.TryParse(member.Name, out var worker)) workers.Add(worker);
        }

        return new(workers.Distinct().Order().ToArray());
    }
}
