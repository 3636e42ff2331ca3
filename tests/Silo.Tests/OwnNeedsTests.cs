using System.Globalization;
using IdGenerator.Http.Connections;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>What a silo keeps for itself, so what it may give to clients in a container of some size (docs/operations.md, "Budget").</summary>
public sealed class OwnNeedsTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(256, 1_954, 58)]
    [InlineData(512, 7_066, 212)]
    public void A_silo_serves_as_many_connections_as_its_container_has_memory_for(int container, int connections, int underWay)
    {
        var limits = ConnectionLimits.Of(new(ProcessResources.Of(container * Mebibyte, SiloSettings.Own), 1_000_000), connections: null);

        Assert.Equal(new(connections, underWay), limits);
        var bound = string.Create(CultureInfo.InvariantCulture, $"{connections:N0} in a silo at {container}Mi");
        Assert.Contains(bound, File.ReadAllText(Repository.PathOf("docs/operations.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_has_what_a_silo_needs() =>
        Assert.Equal(247 * Mebibyte, (512 * Mebibyte) - ProcessResources.Of(512 * Mebibyte, SiloSettings.Own));
}
