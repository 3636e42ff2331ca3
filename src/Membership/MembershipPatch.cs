using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;

namespace IdGenerator.Membership;

/// <summary>
/// Changes of the membership object, as JSON merge patches: as small as the change, however many silos there are. All but
/// <see cref="Alive"/> hold the resource version they were made over, so the server makes them wholly, over that, or not.
/// </summary>
public static class MembershipPatch
{
    /// <summary>
    /// Writes a version and its rows, and removes others. The later of two times to have been alive stays.
    /// </summary>
    public static JsonObject Put(
        this MembershipDocument over, int version, IEnumerable<MembershipRow> rows, IEnumerable<MembershipRow>? removed = null)
    {
        var data = new JsonObject();
        foreach (var row in removed ?? []) (data[MembershipKeys.Silo(row.Address)], data[MembershipKeys.Alive(row.Address)]) = (null, null);
        foreach (var row in rows)
        {
            var known = over.Rows.GetValueOrDefault(row.Address);
            foreach (var (key, value) in MembershipKeys.Of(known?.Alive > row.Alive ? row with { Alive = known.Alive } : row)) data[key] = value;
        }

        data[MembershipKeys.Version] = MembershipKeys.Text(version);
        data[MembershipKeys.Cluster] = over.Cluster;
        return Conditional(over, data);
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
        ["metadata"] = Metadata(over.Source.Metadata),
        ["data"] = data,
    };

    /// <summary>
    /// The version, no managed fields, and where an earlier release of this program made the object, the marks that it has today.
    /// <para>
    /// Of each key of the data the server would note who has written it, in the metadata, which every silo reads once a minute: that was a
    /// third of all that 300 joining silos wrote into etcd (docs/performance.md). An empty entry takes the notes off, and the server makes no new
    /// ones where there are none (kubernetes.io/docs/reference/using-api/server-side-apply, "Clearing managedFields").
    /// </para>
    /// </summary>
    private static JsonObject Metadata(ObjectMeta metadata)
    {
        var patch = new JsonObject
        {
            ["resourceVersion"] = metadata.ResourceVersion,
            ["managedFields"] = new JsonArray(new JsonObject()),
        };
        if (metadata.Labels is not { } labels || labels.ContainsKey(PodObject.ReleaseLabel)) return patch;
        if (labels.GetValueOrDefault("app.kubernetes.io/instance") is not { } release) return patch;
        var marked = PodObject.Mark(metadata, release);
        patch["labels"] = Changes(labels, marked.Labels!);
        patch["annotations"] = Changes(metadata.Annotations ?? new Dictionary<string, string>(), marked.Annotations!);
        return patch;
    }

    private static JsonObject Changes(IReadOnlyDictionary<string, string> from, IReadOnlyDictionary<string, string> to) => new(
        from.Keys.Union(to.Keys).Select(key => KeyValuePair.Create(key, (JsonNode?)to.GetValueOrDefault(key))));
}
