using IdGenerator.ApiServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Kubernetes.Tests;

internal static class Connections
{
    /// <summary>As a pod of the service account has it.</summary>
    public static KubernetesClient Client(this ServiceAccount account) => new(
        KubernetesConfig.Load(account.Environment.GetValueOrDefault),
        new(),
        TimeProvider.System,
        NullLogger<KubernetesClient>.Instance);
}
