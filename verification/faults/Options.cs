using System.Globalization;
using IdGenerator.Testing;

namespace IdGenerator.Faults;

/// <summary>What <c>run.sh</c> was asked for.</summary>
internal sealed record Options
{
    public required int Seed { get; init; }

    /// <summary>For how long there is load; faults end <see cref="CalmSeconds"/> before.</summary>
    public required double Seconds { get; init; }

    public required int Workers { get; init; }

    /// <summary>Of the workers, how many are silos; the rest are gateways by themselves.</summary>
    public required int Silos { get; init; }

    /// <summary>IDs a second that are asked for, of all workers together.</summary>
    public required int Rate { get; init; }

    public required string Program { get; init; }

    public required string SiloProgram { get; init; }

    /// <summary>Where streams and logs go.</summary>
    public required string Directory { get; init; }

    /// <summary>What the workers share: <c>kubernetes</c> or <c>postgres</c>.</summary>
    public required string Store { get; init; }

    public required IReadOnlyList<FaultKind> Only { get; init; }

    public required bool IsVerbose { get; init; }

    /// <summary>The kinds of faults; empty for all. A database has no answer that says 409.</summary>
    public IReadOnlyList<FaultKind> Kinds =>
        Only.Count > 0 || Store != "postgres" ? Only : [.. Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.ApiConflicts)];

    /// <summary>Long enough for a lease to run out, be taken over and be renewed.</summary>
    public double CalmSeconds => Math.Min(12, Seconds / 3);

    /// <exception cref="FormatException">An option is unknown, or its value is none.</exception>
    public static Options Parse(string[] arguments)
    {
        var given = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) throw new FormatException($"{arguments[i]} has no value");
            given[arguments[i]] = arguments[i + 1];
        }

        var siloProgram = Take("--silo-program", Programs.Silo);
        var workers = Number("--workers", 6);
        var options = new Options
        {
            Seed = Number("--seed", Random.Shared.Next(1, 1_000_000)),
            Seconds = given.ContainsKey("--minutes") ? Number("--minutes", 1) * 60 : Number("--seconds", 60),
            Workers = workers,
            Silos = Number("--silos", File.Exists(siloProgram) ? Math.Min(2, workers / 2) : 0),
            Rate = Number("--rate", 220_000),
            Program = Take("--program", Programs.Gateway),
            SiloProgram = siloProgram,
            Directory = Take("--work", Path.Combine(Path.GetTempPath(), $"faults-{Guid.NewGuid():N}")),
            Store = StoreOf(Take("--store", "kubernetes")),
            Only = [.. Take("--only", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Kind)],
            IsVerbose = Take("--verbose", "no") == "yes",
        };
        return given.Count == 0 ? options : throw new FormatException($"{given.Keys.First()} is no option");

        string Take(string name, string absent) => given.Remove(name, out var value) ? value : absent;

        int Number(string name, int absent)
        {
            var text = Take(name, $"{absent}");
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new FormatException($"{name} {text}: a whole number is wanted");
        }
    }

    private static string StoreOf(string name) => name is "kubernetes" or "postgres"
        ? name
        : throw new FormatException($"{name} is no store; there are kubernetes and postgres");

    private static FaultKind Kind(string name) => Enum.TryParse<FaultKind>(name, ignoreCase: true, out var kind)
        ? kind
        : throw new FormatException($"{name} is no kind of fault; there are {string.Join(", ", Enum.GetNames<FaultKind>())}");
}
