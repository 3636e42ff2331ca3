using IdGenerator;
using IdGenerator.Client;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="IIdGenerator"/> for services that run in Kubernetes, and on a developer's machine.</summary>
public static class IdGeneratorKubernetesClientExtensions
{
    /// <summary>
    /// <see cref="IIdGenerator"/> over the cluster of the release that <see cref="IdGeneratorClientOptions.ClusterId"/> names. In a pod it finds the
    /// silos through the ConfigMap <c>RELEASE-membership</c> of its own namespace, on which its service account needs the verb get. Elsewhere it is
    /// the same as <c>AddIdGeneratorClient</c>: a silo on localhost, unless <see cref="IdGeneratorClientOptions.Gateways"/> say otherwise.
    /// </summary>
    public static IServiceCollection AddIdGeneratorKubernetesClient(
        this IServiceCollection services, Action<IdGeneratorClientOptions>? configure = null) =>
        InClusterConfig.IsPresent(Environment.GetEnvironmentVariable)
            ? services.AddIdGeneratorClient(configure, UseMembership)
            : services.AddIdGeneratorClient(configure);

    /// <param name="services">The services.</param>
    /// <param name="configuration">The section with the settings, such as <c>builder.Configuration.GetSection("IdGenerator")</c>.</param>
    /// <inheritdoc cref="AddIdGeneratorKubernetesClient(IServiceCollection, Action{IdGeneratorClientOptions}?)"/>
    public static IServiceCollection AddIdGeneratorKubernetesClient(this IServiceCollection services, IConfiguration configuration) =>
        services.AddIdGeneratorKubernetesClient(configuration.Bind);

    private static void UseMembership(IServiceProvider services, IClientBuilder client)
    {
        var config = KubernetesConfig.Load(Environment.GetEnvironmentVariable);
        client.Services.AddSingleton(inner => ActivatorUtilities.CreateInstance<KubernetesClient>(
            inner, config, new KubernetesOptions(), services.GetRequiredService<TimeProvider>()));
        client.UseKubernetesGatewayList(services.GetRequiredService<IOptions<IdGeneratorClientOptions>>().Value.ClusterId);
    }
}
