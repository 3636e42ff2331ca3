using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;
using IdGenerator.Membership;

namespace IdGenerator.KubernetesMembership;

/// <summary>
/// Changes of the membership object, as JSON merge patches: as small as the change, however many silos there are. All but
/// <see cref="Alive"/> hold the resource version they were made over, so the server makes them wholly, over that, or not.
/// </summary>
internal static class ConfigMapPatch
{
    /// <summary>The change, and without what silos that have no row any more have left behind.</summary>
    public static JsonObject Of(ConfigMapDocument over, MembershipChange change)
    {
        var data = new JsonObject();
        foreach (var row in change.Removed) (data[ConfigMapKeys.Silo(row.Address)], data[ConfigMapKeys.Alive(row.Address)]) = (null, null);
        foreach (var key in Orphans(over)) data[key] = null;
        foreach (var row in change.Rows)
        {
            var known = over.Rows.GetValueOrDefault(row.Address);
            foreach (var (key, value) in ConfigMapKeys.Of(known?.Alive > row.Alive ? row with { Alive = known.Alive } : row)) data[key] = value;
        }

        data[ConfigMapKeys.Version] = ConfigMapKeys.Text(change.Version);
        data[ConfigMapKeys.Cluster] = over.Cluster;
        return Conditional(over, data);
    }

    private static IEnumerable<string> Orphans(ConfigMapDocument over)
    {
        var owned = over.Rows.Keys.Select(ConfigMapKeys.Alive).ToHashSet();
        return (over.Source.Data?.Keys ?? [])
            .Where(key => key.StartsWith(ConfigMapKeys.AlivePrefix, StringComparison.Ordinal) && !owned.Contains(key));
    }

    /// <summary>Unconditional: concerns one silo only, and nobody else writes that key.</summary>
    public static JsonObject Alive(string address, DateTime utc) =>
        new() { ["data"] = new JsonObject { [ConfigMapKeys.Alive(address)] = ConfigMapKeys.Text(utc) } };

    private static JsonObject Conditional(ConfigMapDocument over, JsonObject data) => new()
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
