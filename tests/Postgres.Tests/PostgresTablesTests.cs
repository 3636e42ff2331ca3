using IdGenerator.Leases;
using IdGenerator.PostgresLeases;
using IdGenerator.PostgresServer;
using static IdGenerator.PostgresServer.Postgres;

namespace IdGenerator.Postgres.Tests;

/// <summary>Tables that could not carry the promise are refused, by each process and for each new connection.</summary>
[Collection(PostgresCollection.Name)]
public sealed class PostgresTablesTests(PostgresServer.Postgres server) : IAsyncLifetime
{
    private string _connection = "";

    public async Task InitializeAsync()
    {
        if (Programs is not null) _connection = await server.DatabaseAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresFact]
    public async Task A_table_in_another_schema_is_no_reason_to_make_a_second_one()
    {
        Assert.Null(await RefusalAsync(_connection));
        await QueryAsync(_connection, "CREATE SCHEMA later");

        Assert.Contains("Give all roles the same search_path", await RefusalAsync($"{_connection};Search Path=later"), StringComparison.Ordinal);
        Assert.Equal(1L, await QueryAsync(_connection, "SELECT count(*) FROM pg_class WHERE relname = 'id_generator_lease'"));

        // Both are reached by somebody.
        await QueryAsync(_connection, $"SET search_path = later; {PostgresSchema.Sql}");
        Assert.Contains("Give all roles the same search_path", await RefusalAsync(_connection), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_search_path_that_changes_while_a_process_runs_is_noticed()
    {
        await using var database = new PostgresDatabase(new($"{_connection};Pooling=false", PasswordFile: null), "test");
        var store = new PostgresLeaseStore(database, "blue", 3);
        await store.ReadAsync(default);
        await QueryAsync(_connection, $"CREATE SCHEMA later; SET search_path = later; {PostgresSchema.Sql}");

        Assert.True((await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default))).IsFinal);
    }

    [PostgresTheory]
    [InlineData("CREATE TABLE IF", "CREATE UNLOGGED TABLE IF", "UNLOGGED")]
    [InlineData("(id_space, worker)", "(worker)", "has no primary key")]
    [InlineData("cluster   text    PRIMARY KEY", "cluster text", "has no primary key")]
    [InlineData("version             uuid ", "version text", "has no column \"version uuid\"")]
    [InlineData("membership_version  integer", "membership_version bigint", "has no column \"membership_version integer\"")]
    [InlineData("record              jsonb", "record json", "has no column \"record jsonb\"")]
    public async Task A_table_that_somebody_made_otherwise_is_refused_with_what_is_wrong(string part, string otherwise, string told)
    {
        var sql = PostgresSchema.Sql.Replace(part, otherwise, StringComparison.Ordinal);
        Assert.NotEqual(PostgresSchema.Sql, sql);
        await QueryAsync(_connection, sql);
        Assert.Contains(told, await RefusalAsync(_connection), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task Tables_with_more_columns_and_indexes_than_needed_are_used()
    {
        await QueryAsync(
            _connection,
            $"{PostgresSchema.Sql}; ALTER TABLE id_generator_lease ADD note text; CREATE INDEX ON id_generator_lease (id_space)");
        Assert.Null(await RefusalAsync(_connection));
    }

    [PostgresFact]
    public async Task Text_that_the_database_could_not_hold_is_told_before_it_matters()
    {
        await QueryAsync(_connection, "CREATE DATABASE latin ENCODING LATIN1 LOCALE 'C' TEMPLATE template0");
        var refusal = await RefusalAsync(System.Text.RegularExpressions.Regex.Replace(_connection, "Database=[^;]*", "Database=latin"));
        Assert.Contains("encoding LATIN1", refusal, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_role_without_a_schema_is_told_so()
    {
        var refusal = await RefusalAsync($"{_connection};Search Path=nowhere");
        Assert.Contains("has no schema for the tables", refusal, StringComparison.Ordinal);
    }

    [PostgresTheory]
    [InlineData("serializable")]
    [InlineData("repeatable read")]
    public async Task A_strict_isolation_of_the_server_fails_no_write(string isolation)
    {
        await QueryAsync(_connection, $"ALTER ROLE postgres IN DATABASE {_connection.Split("Database=")[1]} SET default_transaction_isolation = '{isolation}'");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
        {
            await using var database = new PostgresDatabase(new(_connection, PasswordFile: null), "test");
            var store = new PostgresLeaseStore(database, "blue", worker);
            var stored = await store.WriteAsync(LeaseStores.Records.Any, null, default);
            for (var i = 0; i < 50; i++) stored = await store.WriteAsync(LeaseStores.Records.Any with { Writes = i }, stored!.Version, default);
            Assert.NotNull(stored);
        }));
    }

    private static async Task<string?> RefusalAsync(string connection)
    {
        await using var database = new PostgresDatabase(new(connection, PasswordFile: null), "test");
        var refusal = await Record.ExceptionAsync(() => new PostgresLeaseStore(database, "blue", 3).ReadAsync(default));
        Assert.True(refusal is null or LeaseStoreException { IsFinal: true }, $"{refusal}");
        return refusal?.Message;
    }
}
