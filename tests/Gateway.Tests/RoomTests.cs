using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>The rooms of docs/design.md, and who names whom in the source: arrows point one way.</summary>
public sealed partial class RoomTests
{
    private static readonly Dictionary<string, string[]> Arrows = Row()
        .Matches(File.ReadAllText(Repository.PathOf("docs/design.md")))
        .ToDictionary(
            row => row.Groups["room"].Value.Trim('/'),
            row => row.Groups["arrows"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries));

    public static TheoryData<string> Rooms => [.. Arrows.Keys];

    [Fact]
    public void Every_room_is_in_the_design()
    {
        var projects = Directory.GetDirectories(Repository.PathOf("src")).Select(path => Path.GetFileName(path)!);
        var folders = Directory.GetDirectories(Repository.PathOf("src/Http")).Select(path => $"Http/{Path.GetFileName(path)}");

        Assert.Equal(projects.Concat(folders).Order(), Arrows.Keys.Order());
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_names_only_those_that_its_arrows_lead_to(string room)
    {
        var named = Directory.EnumerateFiles(Repository.PathOf($"src/{room}"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Name().Matches(File.ReadAllText(file)))
            .Select(name => RoomOf(name.Groups["name"].Value, room))
            .Where(other => other is not null && other != room)
            .Distinct();

        Assert.Empty(named.Except(Reached(room, [])));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_arrows_lead_back(string room) => Assert.DoesNotContain(room, Arrows[room].SelectMany(next => Reached(Full(room, next), [])));

    private static HashSet<string> Reached(string room, HashSet<string> reached)
    {
        // What its project references, a folder may name too.
        var next = Arrows[room].Select(other => Full(room, other));
        if (room.StartsWith("Http/", StringComparison.Ordinal)) next = next.Concat(Arrows["Http"]);
        foreach (var other in next)
        {
            if (!reached.Add(other)) continue;
            Reached(other, reached);
            if (other == "Http") reached.UnionWith(Arrows.Keys.Where(folder => folder.StartsWith("Http/", StringComparison.Ordinal)));
        }

        return reached;
    }

    private static string Full(string room, string next) => room.StartsWith("Http/", StringComparison.Ordinal) ? $"Http/{next}" : next;

    // As fine as the table is: a folder of Http, else the project.
    private static string? RoomOf(string name, string room)
    {
        var parts = name.Split('.');
        if (parts[0] == "Http" && parts.Length > 1 && room != "Http" && Arrows.ContainsKey($"Http/{parts[1]}")) return $"Http/{parts[1]}";
        return Arrows.ContainsKey(parts[0]) ? parts[0] : null;
    }

    [GeneratedRegex(@"^(?:src/)?(?<room>[A-Z]\w+/(?:[A-Z]\w+)?) [^→\n]*(?:→ (?<arrows>.*))?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\bIdGenerator\.(?<name>[A-Z]\w*(?:\.[A-Z]\w*)?)")]
    private static partial Regex Name();
}
