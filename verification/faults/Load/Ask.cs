namespace IdGenerator.Faults;

/// <summary>A request for IDs.</summary>
/// <param name="Count">How many.</param>
/// <param name="MediaType">In which form; null for <c>/id</c>.</param>
/// <param name="HangsUp">The client goes away in the middle of the body.</param>
/// <param name="IsOfAll">The IDs come from all workers that are alive.</param>
internal sealed record Ask(int Count, string? MediaType, bool HangsUp = false, bool IsOfAll = false)
{
    public const string Binary = "application/octet-stream";
    public const string Ranges = "application/vnd.id-ranges+json";

    private static readonly string[] Forms = ["application/json", "text/plain", "application/x-ndjson", Ranges, Binary];

    public static Ask Single { get; } = new(1, null);

    public Uri Path { get; } = new(MediaType is null ? "id" : $"ids/{Count}{(IsOfAll ? "?workers=all" : "")}", UriKind.Relative);

    /// <summary>1 to 1,000 in any form.</summary>
    public static Ask Small(Random random) => new(Spread(1, 1_000, random), Forms[random.Next(Forms.Length)]);

    /// <summary>Enough for several bites, now and then not read to its end.</summary>
    public static Ask Bulk(Random random) => new(Spread(4_097, 120_000, random), Binary, HangsUp: random.Next(20) == 0);

    /// <summary>As <see cref="Bulk"/>, every second one of all workers: of a silo.</summary>
    public static Ask BulkOfSilo(Random random) => Bulk(random) with { IsOfAll = random.Next(2) == 0 };

    private static int Spread(int least, int most, Random random) =>
        (int)(least * Math.Pow((double)most / least, random.NextDouble()));
}
