using System.Globalization;

namespace IdGenerator.Membership;

/// <summary>The membership of a cluster: a consistent snapshot of version and rows, because it is read and written as one.</summary>
/// <param name="uid">Names this very document: one that took the place of a deleted one has another.</param>
/// <param name="cluster">Orleans' cluster ID.</param>
/// <param name="version">Rises with every change of a row; saying to be alive is no change.</param>
/// <param name="rows">By address.</param>
public class MembershipDocument(string uid, string cluster, int version, IReadOnlyDictionary<string, MembershipRow> rows)
{
    public string Uid => uid;

    public string Cluster => cluster;

    public int Version => version;

    public IReadOnlyDictionary<string, MembershipRow> Rows => rows;

    /// <summary>Names this version of this very document.</summary>
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"{uid}/{version}");
}
