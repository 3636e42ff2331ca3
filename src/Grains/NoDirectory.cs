using Orleans.GrainDirectory;

namespace IdGenerator.Grains;

/// <summary>
/// A grain directory that knows nothing, for grains whose place follows from the membership. Without it Orleans would ask
/// its default directory first, part of which is on each silo: a silo's own grain would depend on another silo.
/// </summary>
internal sealed class NoDirectory : IGrainDirectory
{
    public const string Name = "none";

    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult<GrainAddress?>(null);

    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;
}
