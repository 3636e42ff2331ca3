using IdGenerator.Grains;
using IdGenerator.Leases;

namespace IdGenerator.Silo;

/// <summary>
/// A silo joins the cluster only when its worker ID is held. Where all silos keep their leases in the store through which they find each other,
/// nobody else can have it then, and HTTP requests are served at once. Where they may not, <see cref="TwinCheck"/> looks first.
/// </summary>
internal sealed class LeaseBeforeSilo(bool leasesAreShared, WorkerLease lease, GrainIdSource source) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(LeaseBeforeSilo), ServiceLifecycleStage.First, WaitAsync);

    private async Task WaitAsync(CancellationToken cancellation)
    {
        await lease.Held.WaitAsync(cancellation);
        if (leasesAreShared) source.Serve();
    }
}
