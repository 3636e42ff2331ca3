using System.Globalization;
using IdGenerator.Gateway.Connections;

namespace IdGenerator.Gateway.Tests;

/// <summary>The table in docs/operations.md: it adds up, it fits the containers, and its figures are those of the code.</summary>
public sealed class BudgetTests
{
    private const long Mebibyte = 1 << 20;

    [Theory]
    [InlineData(256, 3)]
    [InlineData(512, 4)]
    public void The_lines_add_up_to_less_than_the_container_has(int container, int column)
    {
        var lines = Lines();
        var sum = lines.SkipLast(1).Sum(line => Number(line[column]));

        Assert.Equal(Number(lines[^1][column]), sum);
        Assert.InRange(sum, 1, container - 1);
    }

    [Theory]
    [InlineData(256, 3)]
    [InlineData(512, 4)]
    public void The_bounds_are_those_of_the_code(int container, int column)
    {
        var limits = ConnectionLimits.Of(new(container * Mebibyte, 1_000_000), connections: null);
        var lines = Lines();
        var connections = limits.Connections.ToString("N0", CultureInfo.InvariantCulture);

        Assert.InRange(lines[..4].Sum(line => Number(line[column])), 1, (decimal)ConnectionLimits.OtherBytes / Mebibyte);
        AssertIs(limits.Kestrels, ConnectionLimits.KestrelBytes, lines[4..5]);
        AssertIs(limits.Connections, ConnectionLimits.ConnectionBytes, lines[5..8]);
        Assert.All(lines[5..8], line => Assert.Contains(connections, line[2], StringComparison.Ordinal));

        void AssertIs(int count, int bytes, List<string[]> part) => Assert.InRange(
            part.Sum(line => Number(line[column])) - ((decimal)count * bytes / Mebibyte), -0.2m, 0.2m);
    }

    [Fact]
    public void Few_descriptors_mean_few_connections() =>
        Assert.Equal(44, ConnectionLimits.Of(new(512 * Mebibyte, 44), connections: null).Connections);

    private static List<string[]> Lines()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "docs", "operations.md"))) directory = directory.Parent!;
        return File.ReadLines(Path.Combine(directory.FullName, "docs", "operations.md"))
            .SkipWhile(line => line != "### Budget").SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|')).ToList();
    }

    private static decimal Number(string cell) => decimal.Parse(cell.Trim(' ', '*'), CultureInfo.InvariantCulture);
}
