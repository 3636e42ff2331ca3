using IdGenerator.Client;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using Orleans.Metadata;

namespace IdGenerator.Grains;

/// <summary>
/// Creates the grain of this silo's worker ID, while the silo holds the lease, and no other.
/// It is refused here because the callers then hear of it at once and in these words. After a failed OnActivateAsync Orleans
/// keeps them waiting for five seconds, and what a constructor throws it wraps.
/// </summary>
internal sealed class SnowflakeGrainActivator(
    WorkerLease lease, WorkerIdSource source, SlotGenerator generator, LogicalClock clock, BulkGate gate, GivenIds given)
    : IGrainActivator, IConfigureGrainTypeComponents
{
    private static readonly GrainType OurType = GrainType.Create(SnowflakeGrain.TypeName);

    public void Configure(GrainType grainType, GrainProperties properties, GrainTypeSharedContext shared)
    {
        if (grainType == OurType) shared.SetComponent<IGrainActivator>(this);
    }

    public object CreateInstance(IGrainContext context)
    {
        var worker = context.GrainId.GetIntegerKey();
        if (worker != lease.Worker)
            throw new WorkerUnavailableException($"Worker ID {worker} was looked for on the silo of worker ID {lease.Worker}.");
        if (lease.Phase != LeasePhase.Held)
            throw new WorkerUnavailableException($"The silo of worker ID {worker} does not hold its lease: {lease.Phase}.");

        return new SnowflakeGrain(lease, source, generator, clock, gate, given);
    }

    public ValueTask DisposeInstance(IGrainContext context, object instance) => ValueTask.CompletedTask;
}
