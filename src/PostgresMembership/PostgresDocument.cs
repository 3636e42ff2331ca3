using IdGenerator.Membership;

namespace IdGenerator.PostgresMembership;

/// <summary>The membership of a cluster as its row holds it.</summary>
/// <param name="uid">Of the row: one that was deleted and made again has another.</param>
/// <param name="revision">Rises with each write of the row, also where its version stays.</param>
/// <param name="cluster">Orleans' cluster ID.</param>
/// <param name="version">Of the table.</param>
/// <param name="rows">By address.</param>
internal sealed class PostgresDocument(
    string uid, long revision, string cluster, int version, IReadOnlyDictionary<string, MembershipRow> rows)
    : MembershipDocument(uid, cluster, version, rows)
{
    public long Revision => revision;
}
