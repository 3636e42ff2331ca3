using System.Text.Json;
using System.Text.Json.Serialization;
using IdGenerator.Leases;
using Npgsql;

namespace IdGenerator.PostgresLeases;

/// <summary>
/// The record in a row of the table <c>id_generator_lease</c>. Linearizable, because one primary decides in which order the writes of a row come, and
/// each of them is over the version that was read.
/// Not promised: anything about rows that somebody deletes, edits or restores from a backup, nor about commits that a failover to an asynchronous
/// standby has lost.
/// </summary>
/// <param name="database">Where the table is.</param>
/// <param name="space">The ID space: no two processes of one have the same worker ID.</param>
/// <param name="worker">The worker ID.</param>
public sealed partial class PostgresLeaseStore(PostgresDatabase database, string space, int worker) : INotedLeaseStore
{
    private const string Row = "id_space = $1 AND worker = $2";

    // A row that was deleted and made again has another version than it ever had, because versions are random.
    private const string ReadSql = $"SELECT version::text, record::text FROM id_generator_lease WHERE {Row}";

    private const string CreateSql =
        "INSERT INTO id_generator_lease (id_space, worker, version, record, silo, silo_generation, silo_alive, membership_version) " +
        "VALUES ($1, $2, gen_random_uuid(), $3::jsonb, nullif($4, '')::jsonb, $5, $6, $7) ON CONFLICT DO NOTHING " +
        $"RETURNING version::text, {PostgresDatabase.Durably}";

    private const string ReplaceSql =
        $"UPDATE id_generator_lease SET version = gen_random_uuid(), record = $3::jsonb WHERE {Row} AND version::text = $4 " +
        $"RETURNING version::text, {PostgresDatabase.Durably}";

    private const string NoteSql =
        "UPDATE id_generator_lease SET silo = nullif($3, '')::jsonb, silo_generation = $4, silo_alive = $5, " +
        $"membership_version = greatest(membership_version, $6) WHERE {Row} " +
        $"AND record #>> '{{holder,uid}}' = $7 AND (record ->> 'generation')::bigint = $4 RETURNING {PostgresDatabase.Durably}";

    private const string ReadAllSql =
        "SELECT record::text, silo::text, silo_generation, silo_alive, membership_version FROM id_generator_lease WHERE id_space = $1";

    // The record that this store wrote last, and the note of its silo.
    private LeaseRecord? _written;
    private SiloNote? _note;
    private long _writes;

    public string? Lock => null;

    public long Generation => Volatile.Read(ref _written)?.Generation ?? 0;

    public long Writes => Interlocked.Read(ref _writes);

    public async Task<StoredLease?> ReadAsync(CancellationToken cancellation)
    {
        StoredLease? stored = null;
        await database.RunAsync(ReadSql, row => stored = new(Parse(row.GetString(1)), row.GetString(0)), cancellation, space, worker);
        return stored;
    }

    public async Task<StoredLease?> WriteAsync(LeaseRecord record, string? expectedVersion, CancellationToken cancellation)
    {
        var json = JsonSerializer.Serialize(record, Json.Default.LeaseRecord);
        string? version = null;
        if (expectedVersion is null)
        {
            // A row that somebody deleted comes back with its note.
            var note = record.Holder is not null && record.Generation == Generation ? Volatile.Read(ref _note) : null;
            await database.RunAsync(
                CreateSql, row => version = row.GetString(0), cancellation, space, worker, json,
                note?.Row, note is null ? null : record.Generation, Utc(note?.Alive), note?.Version ?? 0);
        }
        else
        {
            await database.RunAsync(
                ReplaceSql, row => version = row.GetString(0), cancellation, space, worker, json, expectedVersion);
        }

        if (version is null) return null;
        Volatile.Write(ref _written, record);
        Interlocked.Increment(ref _writes);
        return new(record, version);
    }

    public async Task<bool> NoteAsync(SiloNote note, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _written) is not { Holder: { } holder } written) return false;
        Volatile.Write(ref _note, note);
        var rows = await database.RunAsync(
            NoteSql, read: null, cancellation, space, worker, note.Row, written.Generation, Utc(note.Alive),
            note.Version, holder.Uid);
        if (rows > 0)
        {
            Interlocked.Increment(ref _writes);
            return true;
        }

        return await ReadAsync(cancellation) is null
            ? throw new LeaseStoreException($"The lease of worker ID {worker} is gone; the next renewal writes it again.")
            : false;
    }

    public async Task<IReadOnlyList<NotedLease>> ReadAllAsync(bool cached, CancellationToken cancellation)
    {
        var silos = new List<NotedLease>();
        await database.RunAsync(
            ReadAllSql, row => { if (Record(row.GetString(0), out _) is { } record) silos.Add(Silo(record, row)); }, cancellation, space);
        return silos;
    }

    private static NotedLease Silo(LeaseRecord record, NpgsqlDataReader row)
    {
        var version = row.GetInt32(4);
        if (record.Holder is null || row.IsDBNull(1) || row.IsDBNull(2) || row.GetInt64(2) != record.Generation)
            return new(Note: null, record.Generation, version);

        var renewed = record.RenewedAt.UtcDateTime;
        var alive = row.IsDBNull(3) ? renewed : row.GetDateTime(3);
        return new(new(row.GetString(1), version, alive > renewed ? alive : renewed), record.Generation, version);
    }

    private LeaseRecord Parse(string json) => Record(json, out var fault) ?? throw new LeaseStoreException(
        $"The row of worker ID {worker} in ID space {space}, table id_generator_lease in the {database.Place}, is no record: {fault} " +
        "Nothing else says which timestamps are used: restore it, or delete it if no ID was ever issued under that worker ID.")
    { IsFinal = true };

    private static LeaseRecord? Record(string json, out string? fault)
    {
        try
        {
            fault = "null.";
            return JsonSerializer.Deserialize(json, Json.Default.LeaseRecord);
        }
        catch (JsonException e)
        {
            fault = e.Message;
            return null;
        }
    }

    private static DateTime? Utc(DateTime? time) => time is { } utc ? DateTime.SpecifyKind(utc, DateTimeKind.Utc) : null;

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(LeaseRecord))]
    private sealed partial class Json : JsonSerializerContext;
}
