using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdGenerator.Client;

public static class IdGeneratorClientExtensions
{
    /// <summary>
    /// <see cref="IIdGenerator"/>, over the Orleans client (or silo) that the services have:
    /// <code>builder.UseOrleansClient(client => …);
    /// builder.Services.AddIdGeneratorClient();</code>
    /// </summary>
    public static IServiceCollection AddIdGeneratorClient(
        this IServiceCollection services, Action<IdGeneratorClientOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IIdGenerator, IdGeneratorClient>();
        services.AddOptions<IdGeneratorClientOptions>()
            .Configure(configure ?? (_ => { }))
            .Validate(
                options => options.IsValid,
                "IdGeneratorClientOptions: MaxBatch must be 1 to 4096, the times above zero, GiveUpAfter at least CallTimeout.")
            .ValidateOnStart();
        return services;
    }
}
