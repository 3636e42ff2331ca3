using System.Globalization;

namespace IdGenerator.Testing;

/// <summary>The table "Budget" in docs/operations.md: what all clients together can make a program hold.</summary>
public static class Budget
{
    /// <summary>The sizes of container that the table has a column for, in MiB: of a gateway, and of a silo.</summary>
    public static readonly int[] Containers = [256, 512];

    private const int FirstColumn = 2;

    /// <summary>Its lines in order; the last one is their sum.</summary>
    public static IReadOnlyList<BudgetLine> Lines { get; } = Read().Select(Parse).ToList();

    private static IEnumerable<string> Read() =>
        File.ReadLines(Repository.PathOf("docs/operations.md"))
            .SkipWhile(line => line != "### Budget").SkipWhile(line => !line.StartsWith("|---", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.StartsWith('|'));

    private static BudgetLine Parse(string line)
    {
        var cells = line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '*')).ToArray();
        var mebibytes = Containers.Select((_, index) => decimal.Parse(cells[FirstColumn + index], CultureInfo.InvariantCulture));
        return new(cells[0], cells[1], Containers.Zip(mebibytes).ToDictionary(pair => pair.First, pair => pair.Second));
    }
}

/// <param name="What">What is held.</param>
/// <param name="Bound">How much of it, in words.</param>
/// <param name="Mebibytes">How much of it by the size of the container, in MiB.</param>
public sealed record BudgetLine(string What, string Bound, IReadOnlyDictionary<int, decimal> Mebibytes);
