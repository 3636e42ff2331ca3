using System.Text.RegularExpressions;

namespace IdGenerator.Testing;

/// <summary>The metrics that docs/operations.md has a row for. The meaning of those that a silo alone has begins with "Silo:".</summary>
public static partial class DocumentedSeries
{
    public static IReadOnlyList<string> OfBoth { get; } = Read(meaning => !meaning.StartsWith("Silo:", StringComparison.Ordinal));

    public static IReadOnlyList<string> OfSilos { get; } = Read(meaning => meaning.StartsWith("Silo:", StringComparison.Ordinal));

    private static List<string> Read(Func<string, bool> isWanted) =>
    [
        .. Row().Matches(File.ReadAllText(Repository.PathOf("docs/operations.md")))
            .Where(row => isWanted(row.Groups["meaning"].Value))
            .SelectMany(row => row.Groups["name"].Captures.Select(name => name.Value)),
    ];

    [GeneratedRegex(@"^\| (?:`(?<name>[a-z_]+)`(?:, )?)+ \| (?:counter|gauge|histogram) \| (?<meaning>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
