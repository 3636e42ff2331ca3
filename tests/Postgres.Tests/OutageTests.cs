using IdGenerator.Leases;
using IdGenerator.LeaseStores;
using IdGenerator.PostgresLeases;
using IdGenerator.PostgresServer;

namespace IdGenerator.Postgres.Tests;

/// <summary>A database that goes away, comes back, or is not what it should be.</summary>
public sealed class OutageTests
{
    [PostgresFact]
    public async Task What_was_acknowledged_is_there_after_a_crash_although_the_server_says_that_commits_need_not_wait()
    {
        await using var server = await StartAsync(new() { Settings = ["synchronous_commit=off", "wal_writer_delay=10s"] });
        await using var database = Database(await server.DatabaseAsync());
        var store = new PostgresLeaseStore(database, "blue", 3);
        var first = await store.WriteAsync(Records.Any, null, default);
        server.Crash();
        await server.StartAsync();
        Assert.Equal(first, await EventuallyAsync(() => store.ReadAsync(default)));

        var second = await store.WriteAsync(Records.Any with { Writes = 7 }, first!.Version, default);
        Assert.True(await store.NoteAsync(new("{}", 7, DateTime.UnixEpoch), default));
        server.Crash();
        await server.StartAsync();
        Assert.Equal(second, await EventuallyAsync(() => store.ReadAsync(default)));
        Assert.Equal(7, Assert.Single(await store.ReadAllAsync(cached: false, default)).Version);
    }

    [PostgresFact]
    public async Task A_frozen_server_is_given_up_after_the_time_out_and_used_again_when_it_answers()
    {
        await using var server = await StartAsync(new());
        await using var database = Database(await server.DatabaseAsync(), timeoutSeconds: 1);
        var store = new PostgresLeaseStore(database, "blue", 3);
        var stored = await store.WriteAsync(Records.Any, null, default);
        server.Pause();
        // On the connection that there is, and on a new one.
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var write = store.WriteAsync(Records.Any with { Writes = 7 }, stored!.Version, default);
            var e = await Assert.ThrowsAsync<LeaseStoreException>(() => write.WaitAsync(TimeSpan.FromSeconds(10)));
            Assert.False(e.IsFinal || e.IsDenied);
            Assert.Contains("does not answer", e.Message, StringComparison.Ordinal);
        }

        server.Resume();
        Assert.NotNull(await EventuallyAsync(() => store.ReadAsync(default)));
    }

    [PostgresFact]
    public async Task Whoever_gives_up_on_a_frozen_server_waits_no_longer_whatever_the_time_out()
    {
        await using var server = await StartAsync(new());
        await using var database = Database(await server.DatabaseAsync(), timeoutSeconds: 60);
        var store = new PostgresLeaseStore(database, "blue", 3);
        await store.ReadAsync(default);
        server.Pause();
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        var read = store.ReadAsync(stop.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(TimeSpan.FromSeconds(10)));
        server.Resume();
    }

    [PostgresFact]
    public async Task After_an_outage_one_attempt_fails_however_many_connections_were_kept()
    {
        await using var server = await StartAsync(new());
        await using var database = Database(await server.DatabaseAsync());
        var store = new PostgresLeaseStore(database, "blue", 3);
        await store.ReadAsync(default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => database.RunAsync("SELECT pg_sleep(0.3)", read: null, default)));
        server.Crash();
        await server.StartAsync();

        await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
        Assert.Null(await store.ReadAsync(default));
    }

    [PostgresFact]
    public async Task A_server_that_does_not_sync_to_disk_is_refused()
    {
        await using var server = await StartAsync(new() { Settings = ["fsync=off"] });
        await using var database = Database(await server.DatabaseAsync());
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => new PostgresLeaseStore(database, "blue", 3).ReadAsync(default));
        Assert.True(e.IsFinal);
        Assert.Contains("Set fsync=on", e.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_standby_is_not_read_and_the_primary_is_waited_for()
    {
        await using var server = await StartAsync(new());
        await using var database = Database(await server.DatabaseAsync());
        var store = new PostgresLeaseStore(database, "blue", 3);
        await store.WriteAsync(Records.Any, null, default);
        server.Crash();
        await server.StartAsStandbyAsync();
        // The first attempt may meet the connection that has ended.
        await Record.ExceptionAsync(() => store.ReadAsync(default));
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
        Assert.False(e.IsFinal);
        Assert.Contains("is a standby", e.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_password_is_read_from_its_file_again_for_each_connection_and_a_wrong_one_may_pass()
    {
        await using var server = await StartAsync(new() { Authentication = "scram-sha-256" });
        var administrator = await server.DatabaseAsync();
        await PostgresServer.Postgres.QueryAsync(administrator, "CREATE ROLE worker LOGIN PASSWORD 'first'; GRANT ALL ON SCHEMA public TO worker");
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "first\n");
        var connection = $"{administrator.Replace("postgres", "worker", StringComparison.Ordinal)};Pooling=false";
        await using var database = new PostgresDatabase(new(connection, file), "test");
        var store = new PostgresLeaseStore(database, "blue", 3);
        Assert.NotNull(await store.WriteAsync(Records.Any, null, default));

        await PostgresServer.Postgres.QueryAsync(administrator, "ALTER ROLE worker PASSWORD 'second'");
        var denied = await Assert.ThrowsAsync<LeaseStoreException>(() => store.ReadAsync(default));
        Assert.True(denied is { IsDenied: true, IsFinal: false });
        Assert.DoesNotContain("first", denied.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, "second\n");
        Assert.NotNull(await store.ReadAsync(default));
        File.Delete(file);
    }

    private static async Task<PostgresServer.Postgres> StartAsync(PostgresServer.Postgres server)
    {
        await server.InitializeAsync();
        return server;
    }

    private static PostgresDatabase Database(string connection, int timeoutSeconds = 5) =>
        new(new(connection, PasswordFile: null, timeoutSeconds), "test");

    private static async Task<T> EventuallyAsync<T>(Func<Task<T>> call)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (LeaseStoreException) when (attempt < 20)
            {
                await Task.Delay(100);
            }
        }
    }
}
