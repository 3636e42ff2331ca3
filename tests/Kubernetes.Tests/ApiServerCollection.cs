using IdGenerator.ApiServer;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>Tests that share one API server, each with a namespace of its own.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // It is xunit's word.
public sealed class ApiServerCollection : ICollectionFixture<ControlPlane>
#pragma warning restore CA1711
{
    public const string Name = "API server";
}
