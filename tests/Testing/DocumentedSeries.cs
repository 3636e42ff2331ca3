using System.Text.RegularExpressions;

namespace IdGenerator.Testing;

/// <summary>
/// The metrics that docs/operations.md has a row for, by the names that Prometheus and OpenTelemetry give them. The meaning of those that a
/// silo alone has begins with "Silo:".
/// </summary>
public static partial class DocumentedSeries
{
    public static IReadOnlyList<string> OfBoth { get; } = Read(meaning => !meaning.StartsWith("Silo:", StringComparison.Ordinal));

    public static IReadOnlyList<string> OfSilos { get; } = Read(meaning => meaning.StartsWith("Silo:", StringComparison.Ordinal));

    /// <summary>Instruments of OpenTelemetry, by the series of Prometheus that shows them.</summary>
    public static IReadOnlyList<(string Series, string Instrument)> Instruments { get; } =
    [
        .. Rows().SelectMany(row => row.Groups["name"].Captures.Zip(row.Groups["instrument"].Captures, (name, instrument) => (name.Value, instrument.Value))),
    ];

    private static List<string> Read(Func<string, bool> isWanted) =>
        [.. Rows().Where(row => isWanted(row.Groups["meaning"].Value)).SelectMany(row => row.Groups["name"].Captures.Select(name => name.Value))];

    private static MatchCollection Rows() => Row().Matches(File.ReadAllText(Repository.PathOf("docs/operations.md")));

    [GeneratedRegex(@"^\| (?:`(?<name>[a-z_]+)`(?:, )?)+ \| (?:`(?<instrument>[a-z_.]+)`(?:, )?)+ \| (?:counter|gauge|histogram) \| (?<meaning>.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
