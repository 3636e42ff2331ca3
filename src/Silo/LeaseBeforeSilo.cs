using IdGenerator.Leases;

namespace IdGenerator.Silo;

/// <summary>A silo joins the cluster only when its worker ID is held.</summary>
internal sealed class LeaseBeforeSilo(WorkerLease lease) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(LeaseBeforeSilo), ServiceLifecycleStage.First, cancellation => lease.Held.WaitAsync(cancellation));
}
