using IdGenerator;
using IdGenerator.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="IIdGenerator"/>.</summary>
public static class IdGeneratorClientExtensions
{
    /// <summary>
    /// <see cref="IIdGenerator"/> over the cluster that <see cref="IdGeneratorClientOptions.Gateways"/> name, which is the one on this host
    /// where they name none. It connects when it is first used, in the background, and tries for as long as it takes.
    /// </summary>
    public static IServiceCollection AddIdGeneratorClient(
        this IServiceCollection services, Action<IdGeneratorClientOptions>? configure = null) =>
        services.AddClient(null, options => options.Configure(configure ?? (_ => { })), findSilos: null);

    /// <param name="services">The services.</param>
    /// <param name="configuration">The section with the settings, such as <c>builder.Configuration.GetSection("IdGenerator")</c>.</param>
    /// <inheritdoc cref="AddIdGeneratorClient(IServiceCollection, Action{IdGeneratorClientOptions}?)"/>
    public static IServiceCollection AddIdGeneratorClient(this IServiceCollection services, IConfiguration configuration) =>
        services.AddClient(null, options => options.Bind(configuration), findSilos: null);

    /// <summary>
    /// As <see cref="AddIdGeneratorClient(IServiceCollection, Action{IdGeneratorClientOptions}?)"/>, where another package of Orleans finds the silos:
    /// <code>services.AddIdGeneratorClient(options => …, (services, orleans) => orleans.UseRedisClustering(…));</code>
    /// </summary>
    public static IServiceCollection AddIdGeneratorClient(
        this IServiceCollection services, Action<IdGeneratorClientOptions>? configure, Action<IServiceProvider, IClientBuilder> findSilos) =>
        services.AddClient(null, options => options.Configure(configure ?? (_ => { })), findSilos);

    /// <summary>
    /// A client under a key, for <c>[FromKeyedServices("orders")] IIdGenerator</c>: of another cluster, or with other settings. Its options have
    /// the key's name.
    /// </summary>
    public static IServiceCollection AddKeyedIdGeneratorClient(
        this IServiceCollection services, string serviceKey, Action<IdGeneratorClientOptions>? configure = null) =>
        services.AddClient(serviceKey, options => options.Configure(configure ?? (_ => { })), findSilos: null);

    /// <inheritdoc cref="AddKeyedIdGeneratorClient(IServiceCollection, string, Action{IdGeneratorClientOptions}?)"/>
    public static IServiceCollection AddKeyedIdGeneratorClient(this IServiceCollection services, string serviceKey, IConfiguration configuration) =>
        services.AddClient(serviceKey, options => options.Bind(configuration), findSilos: null);

    /// <summary>
    /// <see cref="IIdGenerator"/> over the Orleans client, or silo, that the services have: for a service that is a client of that very
    /// cluster for other reasons.
    /// </summary>
    public static IServiceCollection AddIdGeneratorClientOverOrleans(
        this IServiceCollection services, Action<IdGeneratorClientOptions>? configure = null) =>
        services.AddParts(Options.Options.DefaultName, options => options.Configure(configure ?? (_ => { })))
            .AddGenerator(null, services => services.GetRequiredService<IGrainFactory>());

    private static IServiceCollection AddClient(
        this IServiceCollection services,
        string? key,
        Action<OptionsBuilder<IdGeneratorClientOptions>> configure,
        Action<IServiceProvider, IClientBuilder>? findSilos)
    {
        services.AddParts(key ?? Options.Options.DefaultName, configure);
        services.TryAddKeyedSingleton(ConnectionKey(key), (provider, _) => new ClusterConnection(OptionsOf(provider, key), findSilos, provider));
        return services.AddGenerator(key, provider => provider.GetRequiredKeyedService<ClusterConnection>(ConnectionKey(key)).Grains);
    }

    private static IServiceCollection AddParts(
        this IServiceCollection services, string name, Action<OptionsBuilder<IdGeneratorClientOptions>> configure)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ClientInstruments>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IdGeneratorClientOptions>, IdGeneratorClientOptionsValidator>());
        configure(services.AddOptions<IdGeneratorClientOptions>(name).ValidateOnStart());
        return services;
    }

    private static IServiceCollection AddGenerator(this IServiceCollection services, string? key, Func<IServiceProvider, IGrainFactory> grains)
    {
        if (key is null) services.TryAddSingleton<IIdGenerator>(New);
        else services.TryAddKeyedSingleton<IIdGenerator>(key, (provider, _) => New(provider));
        return services;

        IdGeneratorClient New(IServiceProvider provider) => new(
            grains(provider),
            OptionsOf(provider, key),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IdGeneratorClient>>(),
            provider.GetRequiredService<ClientInstruments>());
    }

    private static IdGeneratorClientOptions OptionsOf(IServiceProvider provider, string? key) =>
        provider.GetRequiredService<IOptionsMonitor<IdGeneratorClientOptions>>().Get(key ?? Options.Options.DefaultName);

    private static string ConnectionKey(string? key) => $"id-generator/{key}";
}
