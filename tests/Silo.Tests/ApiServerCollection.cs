using IdGenerator.ApiServer;
using IdGenerator.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Silo.Tests;

/// <summary>Tests that share one API server, each with a namespace of its own.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // It is xunit's word.
public sealed class ApiServerCollection : ICollectionFixture<ControlPlane>
#pragma warning restore CA1711
{
    public const string Name = "API server";
}

internal static class Connections
{
    /// <summary>As a pod of the service account has it.</summary>
    public static KubernetesClient Client(this ServiceAccount account) => new(
        KubernetesConfig.Load(account.Environment.GetValueOrDefault),
        new() { TimeoutSeconds = 30 },
        TimeProvider.System,
        NullLogger<KubernetesClient>.Instance);
}
