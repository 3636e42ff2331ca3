using System.Globalization;
using IdGenerator.Http.Connections;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>The table in docs/operations.md: it adds up, it fits the containers, and its figures are those of the code.</summary>
public sealed class BudgetTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(256)]
    [InlineData(512)]
    public void The_lines_add_up_to_less_than_the_container_has(int container)
    {
        var sum = Budget.Lines.SkipLast(1).Sum(line => line.Mebibytes[container]);

        Assert.Equal(Budget.Lines[^1].Mebibytes[container], sum);
        Assert.InRange(sum, 1, container - 0.01m);
    }

    [Theory]
    [InlineData(256, 157)]
    [InlineData(512, 247)]
    public void The_bounds_are_those_of_the_code(int container, int own)
    {
        var limits = ConnectionLimits.Of(new((container - own) * Mebibyte, 1_000_000), connections: null);
        var connections = limits.Connections.ToString("N0", CultureInfo.InvariantCulture);
        var lines = Budget.Lines.ToList();

        Assert.InRange(Sum(lines[..2]), 1, own);
        AssertIs(limits.Kestrels, ConnectionLimits.KestrelBytes, lines[2..3]);
        AssertIs(limits.Connections, ConnectionLimits.ConnectionBytes, lines[3..4]);
        AssertIs(limits.Kestrels, ConnectionLimits.KestrelKernelBytes, lines[4..5]);
        AssertIs(limits.Connections, ConnectionLimits.ConnectionKernelBytes, lines[5..7]);
        Assert.All(lines[3..4], line => Assert.Contains(connections, line.Bound, StringComparison.Ordinal));
        Assert.All(lines[5..7], line => Assert.Contains(connections, line.Bound, StringComparison.Ordinal));

        decimal Sum(List<BudgetLine> part) => part.Sum(line => line.Mebibytes[container]);

        void AssertIs(int count, int bytes, List<BudgetLine> part) =>
            Assert.InRange(Sum(part) - ((decimal)count * bytes / Mebibyte), -0.02m, 0.02m);
    }

    [Fact]
    public void What_a_gateway_needs_has_room_for_what_the_table_says() =>
        Assert.InRange(Budget.Lines[0].Mebibytes[256], 1, (decimal)OwnNeeds.Gateway.Memory / Mebibyte);

    [Fact]
    public void Few_descriptors_mean_few_connections() =>
        Assert.Equal(44, ConnectionLimits.Of(new(256 * Mebibyte, 44), connections: null).Connections);
}
