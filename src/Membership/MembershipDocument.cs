using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using IdGenerator.Kubernetes;

namespace IdGenerator.Membership;

/// <summary>
/// The membership of a cluster as one ConfigMap holds it: a consistent snapshot of version and rows, because it is read and
/// written as one object.
/// </summary>
public sealed class MembershipDocument
{
    private MembershipDocument(ConfigMap source, string cluster, int version, IReadOnlyDictionary<string, MembershipRow> rows) =>
        (Source, Cluster, Version, Rows) = (source, cluster, version, rows);

    public string Cluster { get; }

    /// <summary>Rises with every change of a row; saying to be alive is no change.</summary>
    public int Version { get; }

    /// <summary>By address.</summary>
    public IReadOnlyDictionary<string, MembershipRow> Rows { get; }

    /// <summary>
    /// Names this version of this very object. That of an object which took the place of a deleted one is never equal.
    /// </summary>
    public string ETag => $"{Source.Metadata.Uid}/{MembershipKeys.Text(Version)}";

    internal ConfigMap Source { get; }

    /// <summary>An object without any data, as somebody's edit leaves it: below every version of a table.</summary>
    internal static MembershipDocument Emptied(ConfigMap map, string cluster) =>
        new(map, cluster, version: 0, new Dictionary<string, MembershipRow>());

    /// <returns>False where the ConfigMap is no membership; then what is wrong with it.</returns>
    internal static bool TryRead(
        ConfigMap map, [NotNullWhen(true)] out MembershipDocument? document, [NotNullWhen(false)] out string? fault)
    {
        var data = map.Data ?? new Dictionary<string, string>();
        (document, fault) = (null, MembershipKeys.Version);
        if (!int.TryParse(
            data.GetValueOrDefault(MembershipKeys.Version), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return false;
        }

        fault = MembershipKeys.Cluster;
        if (!data.TryGetValue(MembershipKeys.Cluster, out var cluster)) return false;

        var rows = new Dictionary<string, MembershipRow>();
        foreach (var (key, value) in data)
        {
            if (!key.StartsWith(MembershipKeys.SiloPrefix, StringComparison.Ordinal)) continue;
            fault = key;
            if (MembershipRow.Parse(value) is not { } row || MembershipKeys.Silo(row.Address) != key) return false;
            rows.Add(row.Address, row with { Alive = Alive(data, row) });
        }

        fault = null;
        document = new(map, cluster, version, rows);
        return true;
    }

    private static DateTime Alive(IReadOnlyDictionary<string, string> data, MembershipRow row) =>
        DateTime.TryParse(
            data.GetValueOrDefault(MembershipKeys.Alive(row.Address)),
            CultureInfo.InvariantCulture,
            DateTimeStyles.RoundtripKind,
            out var alive)
            ? alive
            : row.Start;
}
