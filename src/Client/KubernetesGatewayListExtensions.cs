using IdGenerator.Kubernetes;
using IdGenerator.Kubernetes.Membership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;

namespace IdGenerator.Client;

public static class KubernetesGatewayListExtensions
{
    /// <summary>
    /// The client finds silos through the object <c>RELEASE-membership</c>, in the namespace of the
    /// <see cref="KubernetesClient"/> of the services. It is of the cluster that <see cref="ClusterOptions"/> name.
    /// <see cref="GatewayOptions.GatewayListRefreshPeriod"/> is how often it looks.
    /// </summary>
    public static IClientBuilder UseKubernetesGatewayList(this IClientBuilder client, string release)
    {
        client.Services.AddSingleton<IGatewayListProvider>(services => new KubernetesGatewayListProvider(
            new MembershipStore(
                services.GetRequiredService<KubernetesClient>(),
                release,
                services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId),
            services.GetRequiredService<IOptions<GatewayOptions>>()));
        return client;
    }
}
