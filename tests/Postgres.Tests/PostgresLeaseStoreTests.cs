using IdGenerator.Leases;
using IdGenerator.LeaseStores;
using IdGenerator.PostgresLeases;
using IdGenerator.PostgresServer;
using static IdGenerator.PostgresServer.Postgres;

namespace IdGenerator.Postgres.Tests;

[Collection(PostgresCollection.Name)]
public sealed class PostgresLeaseStoreTests(PostgresServer.Postgres server) : LeaseStoreContract, IAsyncLifetime
{
    private const string Table = "id_generator_lease";

    private readonly List<PostgresDatabase> _opened = [];
    private string _connection = "";

    public async Task InitializeAsync()
    {
        if (Programs is not null) _connection = await server.DatabaseAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var database in _opened) await database.DisposeAsync();
    }

    [PostgresFact]
    public override Task There_is_no_record_before_the_first_write() => base.There_is_no_record_before_the_first_write();

    [PostgresFact]
    public override Task What_was_written_is_read_back_whole() => base.What_was_written_is_read_back_whole();

    [PostgresFact]
    public override Task A_write_over_an_old_version_changes_nothing() => base.A_write_over_an_old_version_changes_nothing();

    [PostgresFact]
    public override Task Of_many_that_write_at_once_at_most_one_wins() => base.Of_many_that_write_at_once_at_most_one_wins();

    [PostgresFact]
    public override Task A_record_that_was_deleted_is_not_brought_back_by_a_replacement() =>
        base.A_record_that_was_deleted_is_not_brought_back_by_a_replacement();

    [PostgresFact]
    public async Task Workers_and_ID_spaces_have_records_of_their_own()
    {
        var database = Database();
        var stores = new[] { ("blue", 0), ("blue", 1), ("green", 0) }
            .Select(place => new PostgresLeaseStore(database, place.Item1, place.Item2)).ToList();
        for (var i = 0; i < stores.Count; i++) Assert.NotNull(await stores[i].WriteAsync(Records.Any with { Generation = i }, null, default));
        for (var i = 0; i < stores.Count; i++) Assert.Equal(i, (await stores[i].ReadAsync(default))!.Record.Generation);
    }

    [PostgresFact]
    public async Task Forty_that_start_at_once_make_the_tables_once()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => OpenAsync()));
        await Task.WhenAll(stores.Select(store => Task.Run(() => store.ReadAsync(default))));
        Assert.Equal(2L, await QueryAsync(_connection, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'id_generator_%'"));
    }

    [PostgresFact]
    public async Task Tables_that_were_dropped_are_made_again_and_the_holder_writes_its_record_again()
    {
        var store = await OpenAsync();
        var written = await store.WriteAsync(Records.Any, null, default);
        await QueryAsync(_connection, $"DROP TABLE {Table}");

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.WriteAsync(Records.Any, written!.Version, default));
        Assert.False(e.IsFinal);
        Assert.Null(await store.ReadAsync(default));
        Assert.NotNull(await store.WriteAsync(Records.Any, null, default));
    }

    [PostgresFact]
    public async Task A_role_that_may_not_make_tables_is_told_what_to_do_and_may_use_those_that_somebody_else_has_made()
    {
        await QueryAsync(_connection, "CREATE ROLE worker LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var role = _connection.Replace("Username=postgres", "Username=worker", StringComparison.Ordinal);
        var store = new PostgresLeaseStore(Database(role), "blue", 3);

        var denied = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
        Assert.True(denied is { IsFinal: true, IsDenied: true });
        Assert.Contains("--schema prints", denied.Message, StringComparison.Ordinal);

        await QueryAsync(_connection, $"{PostgresSchema.Sql} GRANT SELECT, INSERT, UPDATE ON {Table}, id_generator_membership TO worker");
        Assert.Null(await store.ReadAsync(default));
        Assert.NotNull(await store.WriteAsync(Records.Any, null, default));
        await QueryAsync(_connection, $"REVOKE ALL ON {Table}, id_generator_membership FROM worker; DROP ROLE worker");
    }

    [PostgresFact]
    public async Task A_row_that_is_no_record_is_named_and_written_over_by_nobody()
    {
        var store = await OpenAsync();
        await store.WriteAsync(Records.Any, null, default);
        await QueryAsync(_connection, $"UPDATE {Table} SET record = record - 'reservedUntil'");

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
        Assert.True(e.IsFinal);
        Assert.Contains("worker ID 3 in ID space blue", e.Message, StringComparison.Ordinal);
        Assert.Empty(await Store().ReadAllAsync(cached: false, default));
    }

    [PostgresFact]
    public async Task A_note_is_read_by_all_and_stays_with_the_renewals_of_its_holder_alone()
    {
        var store = Store();
        var note = new SiloNote("""{"address": "10.0.0.1:11111@5"}""", 7, new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc));
        Assert.False(await store.NoteAsync(note, default));
        var stored = await store.WriteAsync(Records.Any, null, default);
        Assert.True(await store.NoteAsync(note, default));
        stored = await store.WriteAsync(Records.Any with { Writes = 7 }, stored!.Version, default);

        var read = Assert.Single(await Store().ReadAllAsync(cached: false, default));
        Assert.Equal((note.Row, 7, 7, Records.Any.Generation), (read.Note!.Row, read.Note.Version, read.Version, read.Generation));
        Assert.Equal(Records.Any.RenewedAt.UtcDateTime, read.Note.Alive);

        // A successor, which has written none yet. The former holder may not write one any more.
        var successor = Store();
        await successor.WriteAsync(Records.Any with { Generation = 5, Holder = new("ids-3", "other") }, stored!.Version, default);
        read = Assert.Single(await Store().ReadAllAsync(cached: false, default));
        Assert.Equal((null, 7), (read.Note, read.Version));
        Assert.False(await store.NoteAsync(note, default));
    }

    [PostgresFact]
    public async Task A_row_that_was_deleted_comes_back_with_its_note()
    {
        var store = Store();
        await store.WriteAsync(Records.Any, null, default);
        await store.NoteAsync(new("""{"address": "a"}""", 7, DateTime.UnixEpoch), default);
        await QueryAsync(_connection, $"DELETE FROM {Table}");

        await Assert.ThrowsAsync<LeaseStoreException>(() => store.NoteAsync(new("{}", 8, DateTime.UnixEpoch), default));
        await store.WriteAsync(Records.Any, null, default);
        Assert.Equal(("{}", 8), (Assert.Single(await Store().ReadAllAsync(cached: false, default)).Note is { } note ? (note.Row, note.Version) : default));
    }

    protected override Task<ILeaseStore> OpenAsync() => Task.FromResult<ILeaseStore>(Store());

    protected override async Task<ILeaseStore> DeleteAsync(ILeaseStore store)
    {
        await QueryAsync(_connection, $"DELETE FROM {Table}");
        return store;
    }

    private PostgresLeaseStore Store() => new(Database(), "blue", 3);

    private PostgresDatabase Database(string? connection = null)
    {
        var database = new PostgresDatabase(new(connection ?? _connection, PasswordFile: null), "test");
        _opened.Add(database);
        return database;
    }
}
