using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;

namespace IdGenerator.Grains;

public static class SnowflakeSiloBuilderExtensions
{
    /// <summary>
    /// The worker's grain, its placement, and <see cref="GrainIdSource"/>. The silo's name must be that of its worker
    /// (<see cref="WorkerSiloName"/>); lease, clock, generator and in-process source are taken from the services.
    /// </summary>
    public static ISiloBuilder AddSnowflakeGrains(this ISiloBuilder silo)
    {
        silo.AddPlacementDirector<WorkerPlacement, WorkerPlacementDirector>();
        silo.AddGrainDirectory(NoDirectory.Name, (_, _) => new NoDirectory());
        silo.Services.AddSingleton<IConfigureGrainTypeComponents, SnowflakeGrainActivator>();
        silo.Services.AddSingleton<GrainIdSource>();
        return silo;
    }
}
