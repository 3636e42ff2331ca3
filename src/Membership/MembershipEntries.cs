
namespace IdGenerator.Membership;

/// <summary>Orleans' entries as rows of the object, and back: nothing is lost.</summary>
internal static class MembershipEntries
{
    /// <param name="document">Version and rows.</param>
    /// <param name="alive">By address, when silos said elsewhere that they are alive; the later time counts.</param>
    /// <param name="isWanted">Which rows.</param>
    public static MembershipTableData Table(
        MembershipDocument document, IReadOnlyDictionary<string, DateTime> alive, Func<MembershipRow, bool> isWanted) => new(
        [.. document.Rows.Values.Where(isWanted).Select(row => Tuple.Create(Entry(row, Alive(row, alive)), row.ETag()))],
        new TableVersion(document.Version, document.ETag));

    public static string ETag(this MembershipRow row) => $"{row.Version}";

    /// <summary>The last time at which the silo, or one that suspects it, wrote to its row.</summary>
    public static DateTime LastHeard(this MembershipRow row) =>
        new[] { row.Start, row.Alive }.Concat((row.Suspects ?? []).Select(suspicion => suspicion.At)).Max();

    public static MembershipRow Row(MembershipEntry entry, int version) => new()
    {
        Address = entry.SiloAddress.ToParsableString(),
        Version = version,
        Status = $"{entry.Status}",
        Name = entry.SiloName ?? "",
        Host = entry.HostName ?? "",
        Role = entry.RoleName,
        ProxyPort = entry.ProxyPort,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        Start = Utc(entry.StartTime),
        Alive = Utc(entry.IAmAliveTime),
        Suspects = entry.SuspectTimes is { Count: > 0 } suspects
            ? [.. suspects.Select(suspect => new Suspicion(suspect.Item1.ToParsableString(), Utc(suspect.Item2)))]
            : null,
    };

    /// <summary>Orleans' times are UTC, whether or not they say so.</summary>
    public static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static DateTime Alive(MembershipRow row, IReadOnlyDictionary<string, DateTime> alive) =>
        alive.TryGetValue(row.Address, out var said) && said > row.Alive ? said : row.Alive;

    private static MembershipEntry Entry(MembershipRow row, DateTime alive) => new()
    {
        SiloAddress = SiloAddress.FromParsableString(row.Address),
        Status = Enum.Parse<SiloStatus>(row.Status),
        SiloName = row.Name,
        HostName = row.Host,
        RoleName = row.Role,
        ProxyPort = row.ProxyPort,
        UpdateZone = row.UpdateZone,
        FaultZone = row.FaultZone,
        StartTime = row.Start,
        IAmAliveTime = alive,
        SuspectTimes =
        [
            .. (row.Suspects ?? []).Select(suspicion =>
                Tuple.Create(SiloAddress.FromParsableString(suspicion.By), suspicion.At)),
        ],
    };
}
