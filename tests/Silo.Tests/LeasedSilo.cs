using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.KubernetesMembership;
using IdGenerator.Silo.Tests;

namespace IdGenerator.Memberships;

internal sealed partial class LeasedSilo
{
    public static Task<LeasedSilo> TakeAsync(KubernetesClient client, int worker, int process = 0, TimeProvider? time = null) =>
        TakeAsync(In(client), worker, process, time);

    public static Task<LeasedSilo> JoinAsync(KubernetesClient client, int worker, int process = 0, TimeProvider? time = null) =>
        JoinAsync(In(client), worker, process, time);

    private static ClusterPlace In(KubernetesClient client) => new(
        worker => new KubernetesLeaseStore(client, KubernetesTables.Release, worker),
        () => KubernetesTables.Store(client),
        (leases, time) => new KubernetesAliveTimes(client, KubernetesTables.Release, leases, time));
}
