using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

internal static class Joining
{
    /// <summary>Waits until the silo issues IDs and is a member of its cluster, which it may be later.</summary>
    public static async Task<ServiceProcess> JoinedAsync(this ServiceProcess silo)
    {
        await silo.ReadyAsync();
        while (!(await silo.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)))
            .Contains("\nid_generator_silo_joined{} 1\n", StringComparison.Ordinal)) await Task.Delay(50);
        return silo;
    }
}
