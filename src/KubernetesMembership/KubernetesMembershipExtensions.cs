using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Membership;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace IdGenerator.KubernetesMembership;

/// <summary>
/// Silos find each other, and clients find silos, through the object <c>RELEASE-membership</c>, in the namespace of the
/// <see cref="KubernetesClient"/> of the services. It is of the cluster that <see cref="ClusterOptions"/> name.
/// </summary>
public static class KubernetesMembershipExtensions
{
    /// <summary>For a silo.</summary>
    public static IServiceCollection AddKubernetesMembership(this IServiceCollection services, string release) => services.AddMembership(
        (provider, cluster) => Store(provider, release, cluster),
        provider => provider.GetService<KubernetesLeaseStore>(),
        (provider, leases) => new KubernetesAliveTimes(
            provider.GetRequiredService<KubernetesClient>(), release, leases, provider.GetRequiredService<TimeProvider>()));

    /// <summary>
    /// For a client: <code>builder.UseOrleansClient(client => client.UseKubernetesGatewayList("ids"))</code>
    /// Needs the verb get on the ConfigMap, and no other.
    /// </summary>
    public static IClientBuilder UseKubernetesGatewayList(this IClientBuilder client, string release) =>
        client.UseGatewayList((provider, cluster) => Store(provider, release, cluster));

    private static KubernetesMembershipStore Store(IServiceProvider provider, string release, string cluster) =>
        new(provider.GetRequiredService<KubernetesClient>(), release, cluster);
}
