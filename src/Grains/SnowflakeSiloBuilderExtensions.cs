using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace IdGenerator.Grains;

public static class SnowflakeSiloBuilderExtensions
{
    /// <summary>
    /// The worker's grain, its placement, and <see cref="GrainIdSource"/>, and the other workers as parts of bulks. The silo's name must
    /// be that of its worker (<see cref="WorkerSiloName"/>); lease, clock, generator, in-process source and the gate on bulks are taken
    /// from the services.
    /// </summary>
    /// <param name="silo">Of the worker.</param>
    /// <param name="leasesAreShared">All silos keep their leases in the store through which they find each other: a held lease tells that nobody
    /// else has the worker ID, so IDs are given out before the silo has joined.</param>
    public static ISiloBuilder AddSnowflakeGrains(this ISiloBuilder silo, bool leasesAreShared)
    {
        silo.AddPlacementDirector<WorkerPlacement, WorkerPlacementDirector>();
        silo.AddGrainDirectory(NoDirectory.Name, (_, _) => new NoDirectory());
        silo.Services.AddSingleton<IConfigureGrainTypeComponents, SnowflakeGrainActivator>();
        // Orleans is made when the silo is, and these are asked before that.
        silo.Services.AddSingleton(provider => new Lazy<IGrainFactory>(provider.GetRequiredService<IGrainFactory>));
        silo.Services.AddSingleton(provider => new Lazy<IClusterMembershipService>(provider.GetRequiredService<IClusterMembershipService>));
        silo.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<GrainIdSource>(provider, leasesAreShared));
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<GrainIdSource>());
        silo.Services.AddSingleton<GivenIds>();
        silo.Services.AddSingleton<ClusterWorkers>();
        return silo;
    }
}
