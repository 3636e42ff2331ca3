using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;

namespace IdGenerator.Silo.Tests;

internal static class KubernetesTables
{
    public const string Release = "ids";
    public const string Object = "ids-membership";

    public static Tables In(KubernetesClient client, string cluster = "blue") => new(() => Store(client, cluster));

    public static KubernetesMembershipStore Store(KubernetesClient client, string cluster = "blue") => new(client, Release, cluster);
}
