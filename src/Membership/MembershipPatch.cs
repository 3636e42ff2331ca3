using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdGenerator.Membership;

/// <summary>
/// Changes of the membership object, as JSON merge patches: as small as the change, however many silos there are. All but
/// <see cref="Alive"/> hold the resource version they were made over, so the server makes them wholly, over that, or not.
/// </summary>
public static class MembershipPatch
{
    /// <summary>Writes a row and the version with it. The later of two times to have been alive stays.</summary>
    public static JsonObject Put(this MembershipDocument over, MembershipRow row)
    {
        var known = over.Rows.GetValueOrDefault(row.Address);
        var alive = known?.Alive > row.Alive ? known.Alive : row.Alive;
        return Conditional(over, new()
        {
            [MembershipKeys.Version] = MembershipKeys.Text(row.Version),
            [MembershipKeys.Silo(row.Address)] = JsonSerializer.Serialize(row, MembershipJson.Default.MembershipRow),
            [MembershipKeys.Alive(row.Address)] = MembershipKeys.Text(alive),
        });
    }

    /// <summary>
    /// Removes the rows that are not to be kept, and what silos without a row have left behind; the version stays.
    /// </summary>
    /// <returns>Null where there is nothing to remove.</returns>
    public static JsonObject? Keep(this MembershipDocument over, Func<MembershipRow, bool> isKept)
    {
        var kept = over.Rows.Values.Where(isKept)
            .SelectMany(row => new[] { MembershipKeys.Silo(row.Address), MembershipKeys.Alive(row.Address) })
            .ToHashSet();
        var removed = over.Source.Data!.Keys
            .Where(key => key.StartsWith(MembershipKeys.SiloPrefix, StringComparison.Ordinal)
                || key.StartsWith(MembershipKeys.AlivePrefix, StringComparison.Ordinal))
            .Where(key => !kept.Contains(key))
            .ToList();
        return removed.Count == 0
            ? null
            : Conditional(over, new(removed.Select(key => KeyValuePair.Create(key, (JsonNode?)null))));
    }

    /// <summary>Removes all rows; the version rises, so that nobody can write over what was read before.</summary>
    public static JsonObject Clear(this MembershipDocument over)
    {
        var patch = over.Keep(_ => false) ?? Conditional(over, []);
        patch["data"]![MembershipKeys.Version] = MembershipKeys.Text(over.Version + 1);
        return patch;
    }

    /// <summary>Unconditional: concerns one silo only, and nobody else writes that key.</summary>
    public static JsonObject Alive(string address, DateTime utc) =>
        new() { ["data"] = new JsonObject { [MembershipKeys.Alive(address)] = MembershipKeys.Text(utc) } };

    private static JsonObject Conditional(MembershipDocument over, JsonObject data) => new()
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = over.Source.Metadata.ResourceVersion },
        ["data"] = data,
    };
}
