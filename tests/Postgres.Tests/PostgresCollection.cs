using IdGenerator.PostgresServer;

namespace IdGenerator.Postgres.Tests;

/// <summary>Tests that share one PostgreSQL, each with a database of its own.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // It is xunit's word.
public sealed class PostgresCollection : ICollectionFixture<PostgresServer.Postgres>
#pragma warning restore CA1711
{
    public const string Name = "PostgreSQL";
}
