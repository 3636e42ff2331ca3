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
    public static ISiloBuilder AddSnowflakeGrains(this ISiloBuilder silo)
    {
        silo.AddPlacementDirector<WorkerPlacement, WorkerPlacementDirector>();
        silo.AddGrainDirectory(NoDirectory.Name, (_, _) => new NoDirectory());
        silo.Services.AddSingleton<IConfigureGrainTypeComponents, SnowflakeGrainActivator>();
        silo.Services.AddSingleton<GrainIdSource>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<GrainIdSource>());
        silo.Services.AddSingleton<GivenIds>();
        silo.Services.AddSingleton<ClusterWorkers>();
        return silo;
    }
}
