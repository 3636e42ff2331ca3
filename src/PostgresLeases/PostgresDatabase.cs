using IdGenerator.Leases;
using Npgsql;

namespace IdGenerator.PostgresLeases;

/// <summary>
/// The database that holds leases and membership, on one primary. Every statement is a transaction of its own, so that a connection pooler in
/// transaction mode may stand before it. Tables that are missing are made.
/// <para>
/// What it has to be: a primary that keeps what it has acknowledged. A write here waits until it is on disk, and on the standbys that
/// <c>synchronous_standby_names</c> asks for, whatever <c>synchronous_commit</c> says; <c>fsync=off</c> and standbys are refused. What nobody can see from
/// here: a failover to a standby that is asynchronous loses commits, and a copy of an older backup too.
/// </para>
/// </summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    /// <summary>
    /// In the list of what a write returns: its commit waits for the disk and for synchronous standbys even where the server or the role
    /// says <c>synchronous_commit = off</c> or <c>local</c>. The setting ends with the transaction.
    /// </summary>
    public const string Durably =
        "set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') IN ('off', 'local') THEN 'on' " +
        "ELSE current_setting('synchronous_commit') END, true)";

    private const int MostAttempts = 5;

    private readonly NpgsqlDataSource _source;
    private readonly TimeSpan _patience;
    private volatile bool _hasTables;

    /// <param name="options">Where it is; without faults.</param>
    /// <param name="application">What the server's list of connections calls this process (<c>pg_stat_activity</c>).</param>
    public PostgresDatabase(PostgresOptions options, string application)
    {
        var settings = options.Settings(application);
        _patience = TimeSpan.FromSeconds(options.TimeoutSeconds);
        Place = $"database {settings.Database ?? settings.Username} on {settings.Host}";
        var builder = new NpgsqlSlimDataSourceBuilder(settings.ConnectionString);
        builder.EnableTransportSecurity();
        builder.EnableArrays();
        if (options.PasswordFile is { } file)
            builder.UsePasswordProvider(_ => ReadPassword(file), async (_, cancellation) => (await File.ReadAllTextAsync(file, cancellation)).TrimEnd());
        builder.UsePhysicalConnectionInitializer(_ => { }, CheckAsync);
        _source = builder.Build();
    }

    /// <summary>For messages: names the database and its host, and no secret.</summary>
    public string Place { get; }

    /// <summary>Runs one statement.</summary>
    /// <param name="sql">With parameters <c>$1</c>, <c>$2</c> and so on.</param>
    /// <param name="read">Is given each row of the answer.</param>
    /// <param name="cancellation">Ends the wait; whether a write has happened is unknown then.</param>
    /// <param name="parameters">Text, whole numbers, times, arrays of text; null for none.</param>
    /// <returns>How many rows there were.</returns>
    /// <exception cref="LeaseStoreException">There was no answer, so its outcome is unknown; or the database does not let this process do it.</exception>
    public async Task<int> RunAsync(
        string sql, Action<NpgsqlDataReader>? read, CancellationToken cancellation, params object?[] parameters)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // Npgsql ends a call only after it has asked the server to, and a frozen server does not answer that either.
                using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                late.CancelAfter(_patience);
                var run = RunOnceAsync(sql, read, parameters, late.Token);
                _ = run.ContinueWith(static run => run.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                return await run.WaitAsync(late.Token);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected && attempt < MostAttempts)
            {
                // Nothing has happened: somebody else was faster, where the server's default isolation is a strict one.
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                _hasTables = false;
                throw new LeaseStoreException($"The tables in the {Place} are gone; they are made again with the next attempt.", e);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                _source.Clear();
                throw new LeaseStoreException($"The {Place} does not answer within {_patience.TotalSeconds:0} s.");
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or UnauthorizedAccessException or InvalidCastException)
            {
                // Npgsql drops this connection alone. The others that it keeps may have ended, hang, or lead to a server that is no primary any
                // more: each would cost an attempt of its own (github.com/npgsql/npgsql/issues/3943).
                _source.Clear();
                throw PostgresErrors.Explain(e, Place);
            }
        }
    }

    private async Task<int> RunOnceAsync(string sql, Action<NpgsqlDataReader>? read, object?[] parameters, CancellationToken cancellation)
    {
        if (!_hasTables) await MakeTablesAsync(cancellation);
        await using var command = _source.CreateCommand(sql);
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value ?? DBNull.Value });
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var count = 0;
        for (; await rows.ReadAsync(cancellation); count++) read?.Invoke(rows);
        return count;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static string ReadPassword(string file) => File.ReadAllText(file).TrimEnd();

    private async Task MakeTablesAsync(CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        if (!await PostgresTables.AreThereAsync(connection, Place, cancellation))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using var take = new NpgsqlCommand(PostgresSchema.LockSql, connection, transaction);
            await take.ExecuteNonQueryAsync(cancellation);
            await using var make = new NpgsqlCommand(PostgresSchema.Sql, connection, transaction);
            await make.ExecuteNonQueryAsync(cancellation);
            await transaction.CommitAsync(cancellation);
        }

        _hasTables = true;
    }

    /// <summary>For each new connection, because behind the same name there may be another server than a minute ago.</summary>
    private async Task CheckAsync(NpgsqlConnection connection)
    {
        await using (var command = new NpgsqlCommand(
            "SELECT pg_is_in_recovery(), current_setting('fsync'), current_setting('server_encoding')", connection))
        {
            await using var rows = await command.ExecuteReaderAsync();
            await rows.ReadAsync();
            Check(rows.GetBoolean(0), rows.GetString(1), rows.GetString(2));
        }

        await PostgresTables.AreThereAsync(connection, Place, CancellationToken.None);
    }

    private void Check(bool isStandby, string fsync, string encoding)
    {
        if (isStandby)
        {
            throw new LeaseStoreException(
                $"The {Place} is a standby, which may lag behind and takes no writes: name the primary in Postgres:ConnectionString.");
        }

        if (fsync != "on")
        {
            throw new LeaseStoreException(
                $"The {Place} runs with fsync=off: it may forget what it has acknowledged, and IDs would repeat. Set fsync=on.")
            { IsFinal = true };
        }

        if (encoding != "UTF8")
            throw new LeaseStoreException($"The {Place} has the encoding {encoding}: create one with UTF8.") { IsFinal = true };
    }
}
