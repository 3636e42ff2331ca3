namespace IdGenerator.Membership;

/// <summary>What a write makes of the membership, as a whole.</summary>
/// <param name="Version">The version from then on.</param>
/// <param name="Rows">Rows that are new or take the place of those with the same address.</param>
/// <param name="Removed">Rows that are there no more.</param>
public sealed record MembershipChange(
    int Version, IReadOnlyCollection<MembershipRow> Rows, IReadOnlyCollection<MembershipRow> Removed)
{
    public static MembershipChange Put(int version, params IReadOnlyCollection<MembershipRow> rows) => new(version, rows, []);

    /// <summary>Removes the rows that are not to be kept; the version stays.</summary>
    /// <returns>Null where there is nothing to remove.</returns>
    public static MembershipChange? Keep(MembershipDocument over, Func<MembershipRow, bool> isKept)
    {
        var removed = over.Rows.Values.Where(row => !isKept(row)).ToList();
        return removed.Count == 0 ? null : new(over.Version, [], removed);
    }

    /// <summary>Removes all rows; the version rises, so that nobody can write over what was read before.</summary>
    public static MembershipChange Clear(MembershipDocument over) => new(over.Version + 1, [], [.. over.Rows.Values]);
}
