using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>One API server for all tests, one test at a time: each has several silos to run.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // It is xunit's word.
public sealed class ApiServerCollection : ICollectionFixture<ControlPlane>
#pragma warning restore CA1711
{
    public const string Name = "API server";
}
