using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Membership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace IdGenerator.KubernetesMembership;

/// <summary>
/// Silos find each other, and clients find silos, through the object <c>RELEASE-membership</c>, in the namespace of the
/// <see cref="KubernetesClient"/> of the services. It is of the cluster that <see cref="ClusterOptions"/> name.
/// </summary>
public static class KubernetesMembershipExtensions
{
    /// <summary>For a silo.</summary>
    public static IServiceCollection AddKubernetesMembership(this IServiceCollection services, string release)
    {
        services.TryAddSingleton(TimeProvider.System);
        // How many times of 30 s a silo may be silent before it counts as stale; Orleans' own 3 are too few (KubernetesAliveTimes has the sum).
        services.Configure<ClusterMembershipOptions>(membership => membership.NumMissedTableIAmAliveLimit = 5);
        return services.AddSingleton<IMembershipTable>(provider =>
        {
            var time = provider.GetRequiredService<TimeProvider>();
            var leases = Leases(provider, release);
            var alive = leases is null ? null : new KubernetesAliveTimes(provider.GetRequiredService<KubernetesClient>(), release, leases, time);
            return new MembershipTable(
                Store(provider, release), leases, alive, time, provider.GetRequiredService<ILogger<MembershipTable>>());
        });
    }

    /// <summary>
    /// For a client: <code>builder.UseOrleansClient(client => client.UseKubernetesGatewayList("ids"))</code>
    /// <see cref="GatewayOptions.GatewayListRefreshPeriod"/> is how often it looks.
    /// </summary>
    public static IClientBuilder UseKubernetesGatewayList(this IClientBuilder client, string release)
    {
        client.Services.AddSingleton<IGatewayListProvider>(provider => new GatewayListProvider(
            Store(provider, release), provider.GetRequiredService<IOptions<GatewayOptions>>()));
        return client;
    }

    /// <summary>Null where the leases of the workers are in another store.</summary>
    private static SiloLeases? Leases(IServiceProvider provider, string release)
    {
        if (provider.GetService<KubernetesLeaseStore>() is not { } own) return null;
        var self = provider.GetRequiredService<ILocalSiloDetails>();
        return new(own, self.SiloAddress.ToParsableString(), self.Name);
    }

    private static KubernetesMembershipStore Store(IServiceProvider provider, string release) => new(
        provider.GetRequiredService<KubernetesClient>(),
        release,
        provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
}
