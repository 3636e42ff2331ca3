using System.Globalization;
using System.Text.Json.Nodes;
using IdGenerator.Leases;
using IdGenerator.Membership;
using IdGenerator.PostgresLeases;
using Npgsql;

namespace IdGenerator.PostgresMembership;

/// <summary>
/// The row of the cluster in the table <c>id_generator_membership</c>. Reads are of one snapshot, and a write is over the very row that was read.
/// To read alone, a role needs SELECT on the table, as a client of the cluster has it.
/// </summary>
/// <param name="database">Where the table is.</param>
/// <param name="cluster">Orleans' cluster ID.</param>
public sealed class PostgresMembershipStore(PostgresDatabase database, string cluster) : IMembershipStore
{
    // The silos of a row that has not changed since it was last read are not sent again.
    private const string ReadSql =
        "SELECT uid::text, revision, version, CASE WHEN uid::text = $2 AND revision = $3 THEN NULL ELSE silos::text END, alive::text " +
        "FROM id_generator_membership WHERE cluster = $1";

    private const string CreateSql =
        "INSERT INTO id_generator_membership (cluster, version, silos, alive) VALUES ($1, $2, $3::jsonb, $4::jsonb) ON CONFLICT DO NOTHING " +
        $"RETURNING {PostgresDatabase.Durably}";

    private const string ChangeSql =
        "UPDATE id_generator_membership SET version = $4, revision = revision + 1, silos = (silos - $5::text[]) || $6::jsonb, " +
        "alive = (alive - $5::text[]) || $7::jsonb WHERE cluster = $1 AND uid::text = $2 AND revision = $3 " +
        $"RETURNING {PostgresDatabase.Durably}";

    private const string SayAliveSql =
        "UPDATE id_generator_membership SET revision = revision + 1, alive = alive || jsonb_build_object($2::text, $3::text) WHERE cluster = $1 " +
        $"RETURNING {PostgresDatabase.Durably}";

    private PostgresDocument? _read;

    public string Cluster => cluster;

    public string Subject => $"The row of cluster {cluster} in the table id_generator_membership, {database.Place},";

    public async Task<MembershipDocument?> ReadAsync(bool cached, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref _read);
        PostgresDocument? document = null;
        await RunAsync(ReadSql, row => document = Read(row, known), cancellation, cluster, known?.Uid ?? "", known?.Revision ?? 0);
        if (document is not null) Volatile.Write(ref _read, document);
        return document;
    }

    public async Task<bool> CreateAsync(int version, IReadOnlyCollection<MembershipRow> rows, CancellationToken cancellation) =>
        await RunAsync(CreateSql, read: null, cancellation, cluster, version, Silos(rows), Alive(rows, new Dictionary<string, MembershipRow>())) > 0;

    public async Task<bool> ChangeAsync(MembershipDocument over, MembershipChange change, CancellationToken cancellation)
    {
        var document = (PostgresDocument)over;
        return await RunAsync(
            ChangeSql, read: null, cancellation, cluster, document.Uid, document.Revision, change.Version,
            change.Removed.Select(row => row.Address).ToArray(), Silos(change.Rows), Alive(change.Rows, document.Rows)) > 0;
    }

    public async Task<bool> SayAliveAsync(string address, DateTime utc, CancellationToken cancellation) =>
        await RunAsync(SayAliveSql, read: null, cancellation, cluster, address, Text(utc)) > 0;

    private async Task<int> RunAsync(string sql, Action<NpgsqlDataReader>? read, CancellationToken cancellation, params object?[] parameters)
    {
        try
        {
            return await database.RunAsync(sql, read, cancellation, parameters);
        }
        catch (LeaseStoreException e) when (e.IsDenied || e.IsFinal)
        {
            throw new MembershipException(e.Message);
        }
    }

    private PostgresDocument Read(NpgsqlDataReader row, PostgresDocument? known)
    {
        var rows = row.IsDBNull(3) ? known!.Rows : Parse(row.GetString(3));
        // Without it each silo says again that it is alive.
        var alive = JsonNode.Parse(row.GetString(4)) as JsonObject ?? [];
        return new(
            row.GetString(0), row.GetInt64(1), cluster, row.GetInt32(2),
            rows.Values.ToDictionary(silo => silo.Address, silo => silo with { Alive = Said(alive, silo) }));
    }

    private Dictionary<string, MembershipRow> Parse(string json)
    {
        var rows = new Dictionary<string, MembershipRow>();
        if (JsonNode.Parse(json) is not JsonObject silos) throw Wrong("silos");
        foreach (var (address, silo) in silos)
        {
            if (silo is null || MembershipRow.Parse(silo.ToJsonString()) is not { } row || row.Address != address) throw Wrong(address);
            rows.Add(address, row);
        }

        return rows;
    }

    private MembershipException Wrong(string part) => new($"{Subject} is no membership: \"{part}\" is wrong. Delete it: a silo makes it again.");

    private static DateTime Said(JsonObject alive, MembershipRow row) =>
        DateTime.TryParse($"{alive[row.Address]}", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : row.Start;

    private static string Silos(IEnumerable<MembershipRow> rows) =>
        new JsonObject(rows.Select(row => KeyValuePair.Create(row.Address, JsonNode.Parse(row.ToJson())))).ToJsonString();

    private static string Alive(IEnumerable<MembershipRow> rows, IReadOnlyDictionary<string, MembershipRow> known) =>
        new JsonObject(rows.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Address, Text(Later(row, known))))).ToJsonString();

    private static DateTime Later(MembershipRow row, IReadOnlyDictionary<string, MembershipRow> known) =>
        known.TryGetValue(row.Address, out var before) && before.Alive > row.Alive ? before.Alive : row.Alive;

    private static string Text(DateTime utc) => utc.ToString("O", CultureInfo.InvariantCulture);
}
