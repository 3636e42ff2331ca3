using IdGenerator.Kubernetes;
using IdGenerator.Kubernetes.Membership;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace IdGenerator.Silo.Membership;

public static class MembershipSiloBuilderExtensions
{
    /// <summary>
    /// Silos find each other through the object <c>RELEASE-membership</c>, in the namespace of the
    /// <see cref="KubernetesClient"/> of the services. It is of the cluster that <see cref="ClusterOptions"/> name.
    /// </summary>
    public static ISiloBuilder UseKubernetesMembership(this ISiloBuilder silo, string release)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<IMembershipTable>(services => new KubernetesMembershipTable(
            new MembershipStore(
                services.GetRequiredService<KubernetesClient>(),
                release,
                services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<KubernetesMembershipTable>>()));
        return silo;
    }
}
