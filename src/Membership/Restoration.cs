namespace IdGenerator.Membership;

/// <summary>What a table that is made again, or was put back to an older state, has to hold.</summary>
internal static class Restoration
{
    /// <param name="found">The table that is there; null for none.</param>
    /// <param name="last">As its maker has last read one; null where it never has.</param>
    /// <param name="leased">What all leases say, read after the loss was noticed.</param>
    /// <param name="own">The row that its maker has announced, which holds its lease, whether or not that is among those that were found.</param>
    /// <param name="lowest">The lowest version that a table may begin with.</param>
    /// <returns>A version above all that were ever written, and the rows of that version.</returns>
    public static (int Version, IReadOnlyCollection<MembershipRow> Rows) Of(
        MembershipDocument? found, MembershipDocument? last, LeasedRows leased, MembershipRow? own, int lowest)
    {
        var version = new[] { lowest, found?.Version ?? 0, last?.Version ?? 0, leased.Version }.Max() + 1;
        var rows = new Dictionary<string, MembershipRow>();
        // Rows that no lease speaks for: of silos whose leases are in another store, or of a lease that nobody finds by its label. Where found is not null, its own rows stay anyway.
        foreach (var row in last?.Rows.Values ?? [])
        {
            if (row.Term == 0 && !IsDead(row)) rows[row.Address] = row;
        }

        // A list that lags may have what a silo was a moment ago.
        foreach (var row in leased.Rows) rows[row.Address] = row with { Status = Furthest(row, last, found) };
        if (own is not null) rows[own.Address] = own with { Status = Furthest(own, last, found) };
        foreach (var row in found?.Rows.Values ?? [])
        {
            if (!IsDead(row) && IsKnownDead(row, last, leased)) rows[row.Address] = row with { Status = nameof(SiloStatus.Dead) };
        }

        // The dead do not come back, although a silo that was declared dead may still hold its lease until it hears of that. They are left
        // out of a new table: to Orleans a silo that is missing in a newer table is dead.
        foreach (var row in (last?.Rows.Values ?? []).Concat(found?.Rows.Values ?? []).Where(IsDead))
        {
            if (found?.Rows.GetValueOrDefault(row.Address) is null or { Status: nameof(SiloStatus.Dead) }) rows.Remove(row.Address);
        }

        return (version, [.. rows.Values.Select(row => row with { Version = version })]);
    }

    /// <summary>An older copy shows a silo as it was, although the last table has it as dead or its worker has gone to another one.</summary>
    private static bool IsKnownDead(MembershipRow row, MembershipDocument? last, LeasedRows leased) =>
        (last?.Rows.GetValueOrDefault(row.Address) is { } known && IsDead(known))
        || (row.Term > 0 && leased.Rows.Any(other => other.Name == row.Name && other.Term > row.Term));

    /// <summary>
    /// An older copy, as far as leases can tell: a silo whose row changes bounds the versions <see cref="SiloLeases.VersionsAhead"/> ahead of
    /// the one that it is about to write, so all bounds are at most so far above the next version.
    /// </summary>
    public static bool IsOlder(MembershipDocument found, LeasedRows leased) =>
        leased.Version > found.Version + 1 + SiloLeases.VersionsAhead;

    /// <summary>Rows may have been removed since, as those of the dead are after a while, which changes no version. None has changed or was added.</summary>
    public static bool IsPartOf(MembershipDocument found, MembershipDocument last) =>
        found == last
        || found.Rows.Values.All(row =>
            last.Rows.GetValueOrDefault(row.Address) is { } known && known.Version == row.Version && known.Status == row.Status);

    /// <summary>A silo's status only rises: Joining, Active, ShuttingDown, Stopping, Dead.</summary>
    private static string Furthest(MembershipRow row, params ReadOnlySpan<MembershipDocument?> tables)
    {
        var furthest = Enum.Parse<SiloStatus>(row.Status);
        foreach (var table in tables)
        {
            if (table?.Rows.GetValueOrDefault(row.Address) is { } known && Enum.TryParse<SiloStatus>(known.Status, out var status) && status > furthest)
                furthest = status;
        }

        return furthest.ToString();
    }

    private static bool IsDead(MembershipRow row) => row.Status == nameof(SiloStatus.Dead);
}
