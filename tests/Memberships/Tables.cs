using IdGenerator.Membership;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Memberships;

/// <summary>Membership tables of one cluster, each as a silo of its own would have it.</summary>
/// <param name="open">The store, of a process of its own: it remembers what it has read.</param>
/// <remarks>Of silos whose leases are in another store; <see cref="LeasedSilo"/> is one whose lease is beside the table.</remarks>
internal sealed class Tables(Func<IMembershipStore> open) : ILogger<MembershipTable>
{
    private int _conflicts;

    /// <summary>Writes that met another one, in all tables together.</summary>
    public int Conflicts => _conflicts;

    public IMembershipStore Store => open();

    public MembershipTable New(TimeProvider? time = null) => new(Store, leases: null, alive: null, time ?? TimeProvider.System, this);

    public async Task<MembershipTable> StartAsync(TimeProvider? time = null)
    {
        var table = New(time);
        await table.InitializeMembershipTableAsync(true);
        return table;
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Interlocked.Increment(ref _conflicts);
}

internal static class TableSteps
{
    /// <summary>Names and statuses, in order.</summary>
    public static string[] Members(MembershipTableData table) =>
        [.. table.Members.Select(member => $"{member.Item1.SiloName}: {member.Item1.Status}").Order(StringComparer.Ordinal)];

    /// <summary>Somebody gets through in every round, so nobody of thirty needs more.</summary>
    private const int Rounds = 200;

    /// <summary>
    /// As Orleans does it: reads, writes its row over what it read, whether or not that was there, and starts again where others were faster.
    /// </summary>
    /// <returns>The version that it wrote.</returns>
    public static async Task<int> JoinAsync(this MembershipTable table, MembershipEntry entry)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            if (await table.TryJoinAsync(entry) is { } version) return version;
        }

        throw new InvalidOperationException($"{entry} never got in.");
    }

    /// <returns>The version that it wrote; null where others were faster.</returns>
    public static async Task<int?> TryJoinAsync(this MembershipTable table, MembershipEntry entry)
    {
        var read = await table.ReadAllAsync();
        var next = read.Version.Next();
        var isDone = read.TryGet(entry.SiloAddress) is { Item2: var etag }
            ? await table.UpdateRowAsync(entry, etag, next)
            : await table.InsertRowAsync(entry, next);
        return isDone ? next.Version : null;
    }

    /// <returns>The version that it wrote.</returns>
    public static async Task<int> ChangeAsync(
        this MembershipTable table, SiloAddress silo, Action<MembershipEntry> change)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var read = await table.ReadRowAsync(silo);
            var (entry, etag) = read.Members.Single();
            change(entry);
            if (await table.UpdateRowAsync(entry, etag, read.Version.Next())) return read.Version.Version + 1;
        }

        throw new InvalidOperationException($"{silo} was never changed.");
    }

    public static async Task<MembershipEntry?> FindAsync(this MembershipTable table, SiloAddress silo) =>
        (await table.ReadAllAsync()).TryGet(silo)?.Item1;
}
