using IdGenerator.Leases;
using Npgsql;

namespace IdGenerator.PostgresLeases;

/// <summary>
/// Whether the tables can carry the promise. Each new connection looks, because names are found through a search path that anybody may change:
/// two processes that find two tables would have one worker ID twice. So a database has each table once, whatever its schemas.
/// </summary>
internal static class PostgresTables
{
    // Of each table that bears the name, in whichever schema: whether it is the one that the search path leads to, whether it is an ordinary table
    // that survives a crash, whether its key is unique, and its columns.
    private const string Sql =
        """
        SELECT c.relname, n.nspname, c.oid = to_regclass(c.relname), c.relkind IN ('r', 'p') AND c.relpersistence = 'p',
            EXISTS (
                SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
                AND (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey))
                    = CASE c.relname WHEN 'id_generator_lease' THEN 'id_space,worker' ELSE 'cluster' END),
            (SELECT string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ',') FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname IN ('id_generator_lease', 'id_generator_membership') AND NOT pg_is_other_temp_schema(n.oid)
        """;

    private static readonly Dictionary<string, string[]> Columns = new()
    {
        ["id_generator_lease"] =
        [
            "id_space text", "worker integer", "version uuid", "record jsonb", "silo jsonb", "silo_generation bigint",
            "silo_alive timestamp with time zone", "membership_version integer",
        ],
        ["id_generator_membership"] =
            ["cluster text", "uid uuid", "revision bigint", "version integer", "silos jsonb", "alive jsonb"],
    };

    /// <returns>False where one of them is missing; nothing is wrong with what is there.</returns>
    /// <exception cref="LeaseStoreException">A table cannot be used: final.</exception>
    public static async Task<bool> AreThereAsync(NpgsqlConnection connection, string place, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = 0;
        for (; await rows.ReadAsync(cancellation); found++)
        {
            if (FaultOf(rows) is not { } fault) continue;
            throw new LeaseStoreException($"The table {rows.GetString(1)}.{rows.GetString(0)} in the {place} {fault}.") { IsFinal = true };
        }

        return found == Columns.Count;
    }

    private static string? FaultOf(NpgsqlDataReader row)
    {
        var columns = row.GetString(5).Split(',');
        return row switch
        {
            _ when row.IsDBNull(2) || !row.GetBoolean(2) =>
                "is in a schema that the search path of this role does not lead to, or not first: another process may use it, and two tables would " +
                "give out the same IDs. Give all roles the same search_path",
            _ when !row.GetBoolean(3) => "is no ordinary table, or UNLOGGED: a crash would empty it. Make it with what --schema prints",
            _ when !row.GetBoolean(4) => "has no primary key, so that a record may be there twice. Make it with what --schema prints",
            _ when Columns[row.GetString(0)].FirstOrDefault(column => !columns.Contains(column)) is { } missing =>
                $"has no column \"{missing}\". Make it with what --schema prints",
            _ => null,
        };
    }
}
