// Sums up Stryker's reports: a line a file, then each survivor that the list of known survivors does not name.
//   report.cs SURVIVORS REPORT…
// The list has a paragraph a survivor: the file, the line as it is, the line as mutated, the reason why that changes nothing.
// Line numbers do not count, so that the list stays right when other lines change.
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
using System.Text.Json;
using System.Text.RegularExpressions;

var known = Known(File.ReadAllText(args[0]));
var results = args[1..].SelectMany(Mutants).GroupBy(mutant => mutant.File).ToList();
var survivors = results.SelectMany(file => file).Where(mutant => !mutant.IsKilled).ToList();
var files = results.ToDictionary(file => file.Key, file => file.ToList());
var failed = new HashSet<string>();

foreach (var mutant in survivors.Where(mutant => !known.Contains(mutant.Change)))
{
    failed.Add(mutant.File);
    Console.WriteLine($"survived: {mutant.File}:{mutant.Line}, {mutant.Kind}\n- {mutant.Change.Before}\n+ {mutant.Change.After}\n");
}

foreach (var change in known.Where(change => files.ContainsKey(change.File) && survivors.TrueForAll(mutant => mutant.Change != change)))
{
    failed.Add(change.File);
    Console.WriteLine($"in {args[0]}, but no survivor: {change.File}\n- {change.Before}\n+ {change.After}\n");
}

Console.WriteLine($"{"",-40} {"killed",7} {"timed out",10} {"survived",9} {"of them known",14} {"score",7}");
foreach (var (file, mutants) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
{
    int Count(Func<Mutant, bool> which) => mutants.Count(which);
    var survived = Count(mutant => !mutant.IsKilled);
    Console.WriteLine(
        $"{file,-40} {Count(mutant => mutant.Status == "Killed"),7} {Count(mutant => mutant.Status == "Timeout"),10} {survived,9} " +
        $"{Count(mutant => !mutant.IsKilled && known.Contains(mutant.Change)),14} {100d * (mutants.Count - survived) / mutants.Count,5:0.0} %");
}

Console.WriteLine($"{files.Count - failed.Count} passed, {failed.Count} failed");
return failed.Count == 0 && files.Count > 0 ? 0 : 1;

static HashSet<Change> Known(string text) => text.Split("\n\n")
    .Select(paragraph => paragraph.Trim('\n').Split('\n'))
    .Where(lines => lines[0].Length > 0 && lines[0][0] != '#')
    .Select(lines => lines is [var file, ['-', ' ', .. var before], ['+', ' ', .. var after], _, ..]
        ? new Change(file, before, after)
        : throw new FormatException($"This is no survivor with its reason:\n{string.Join('\n', lines)}"))
    .ToHashSet();

// Others were left out by the choice of files, cannot be compiled, or lie within a block that is removed as a whole.
static IEnumerable<Mutant> Mutants(string path) =>
    from file in JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("files").EnumerateObject()
    let source = file.Value.GetProperty("source").GetString()!.Split('\n')
    from mutant in file.Value.GetProperty("mutants").EnumerateArray()
    let status = mutant.GetProperty("status").GetString()
    where status is "Killed" or "Timeout" or "Survived" or "NoCoverage"
    let name = file.Name[(file.Name.LastIndexOf("/src/", StringComparison.Ordinal) + 1)..]
    let start = mutant.GetProperty("location").GetProperty("start")
    select new Mutant(name, start.GetProperty("line").GetInt32(), Kind(mutant, status), status, ChangeOf(name, source, mutant));

static string Kind(JsonElement mutant, string status) =>
    mutant.GetProperty("mutatorName").GetString() + (status == "NoCoverage" ? ", which no test runs" : "");

static Change ChangeOf(string file, string[] source, JsonElement mutant)
{
    var (first, from) = Position("start");
    var (last, to) = Position("end");
    var before = string.Join(' ', source[first..(last + 1)]);
    var after = source[first][..from] + mutant.GetProperty("replacement").GetString() + source[last][to..];
    return new(file, OneLine(before), OneLine(after));

    (int Line, int Column) Position(string name)
    {
        var position = mutant.GetProperty("location").GetProperty(name);
        return (position.GetProperty("line").GetInt32() - 1, position.GetProperty("column").GetInt32() - 1);
    }
}

static string OneLine(string text) => Regex.Replace(text, @"\s+", " ").Trim();

/// <summary>A mutation, as it would show in a diff.</summary>
internal sealed record Change(string File, string Before, string After);

internal sealed record Mutant(string File, int Line, string Kind, string Status, Change Change)
{
    public bool IsKilled => Status is "Killed" or "Timeout";
}
