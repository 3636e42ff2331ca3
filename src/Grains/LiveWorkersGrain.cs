using IdGenerator.Client;
using Orleans.Concurrency;

namespace IdGenerator.Grains;

/// <inheritdoc/>
[GrainType("live-workers"), StatelessWorker]
internal sealed class LiveWorkersGrain(IClusterMembershipService membership) : Grain, ILiveWorkersGrain
{
    public ValueTask<int[]> ListAsync() => new(LiveWorkerIds.In(membership.CurrentSnapshot));
}
