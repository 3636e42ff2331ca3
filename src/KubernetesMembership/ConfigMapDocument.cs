using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IdGenerator.Kubernetes;
using IdGenerator.Membership;

namespace IdGenerator.KubernetesMembership;

/// <summary>The membership of a cluster as one ConfigMap holds it.</summary>
internal sealed class ConfigMapDocument : MembershipDocument
{
    private ConfigMapDocument(ConfigMap source, string cluster, int version, IReadOnlyDictionary<string, MembershipRow> rows)
        : base(source.Metadata.Uid!, cluster, version, rows) => Source = source;

    public ConfigMap Source { get; }

    /// <summary>An object without any data, as somebody's edit leaves it: below every version of a table.</summary>
    public static ConfigMapDocument Emptied(ConfigMap map, string cluster) =>
        new(map, cluster, version: 0, new Dictionary<string, MembershipRow>());

    /// <returns>False where the ConfigMap is no membership; then what is wrong with it.</returns>
    public static bool TryRead(
        ConfigMap map, [NotNullWhen(true)] out ConfigMapDocument? document, [NotNullWhen(false)] out string? fault)
    {
        var data = map.Data ?? new Dictionary<string, string>();
        (document, fault) = (null, ConfigMapKeys.Version);
        if (!int.TryParse(
            data.GetValueOrDefault(ConfigMapKeys.Version), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return false;
        }

        fault = ConfigMapKeys.Cluster;
        if (!data.TryGetValue(ConfigMapKeys.Cluster, out var cluster)) return false;

        var rows = new Dictionary<string, MembershipRow>();
        foreach (var (key, value) in data)
        {
            if (!key.StartsWith(ConfigMapKeys.SiloPrefix, StringComparison.Ordinal)) continue;
            fault = key;
            if (MembershipRow.Parse(value) is not { } row || ConfigMapKeys.Silo(row.Address) != key) return false;
            rows.Add(row.Address, row with { Alive = Alive(data, row) });
        }

        fault = null;
        document = new(map, cluster, version, rows);
        return true;
    }

    private static DateTime Alive(IReadOnlyDictionary<string, string> data, MembershipRow row) =>
        DateTime.TryParse(
            data.GetValueOrDefault(ConfigMapKeys.Alive(row.Address)),
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out var alive)
            ? alive
            : row.Start;
}
