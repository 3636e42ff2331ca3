using IdGenerator.PostgresServer;
using IdGenerator.Testing;
using static IdGenerator.PostgresServer.Postgres;

namespace IdGenerator.Postgres.Tests;

/// <summary>A process that takes a worker ID by itself, and is told to stop at any moment of its start.</summary>
[Collection(PostgresCollection.Name)]
public sealed class AutoStartTests(PostgresServer.Postgres server)
{
    [PostgresFact]
    public async Task A_stop_at_any_moment_of_the_start_is_heeded_and_leaves_no_worker_id_behind()
    {
        var connection = await server.DatabaseAsync();
        // From before the first claim until after the service is ready: some 0.3 to 1.2 s on a quiet machine.
        for (var delay = 200; delay <= 1_600; delay += 100)
        {
            await using var process = Start(connection);
            await Task.Delay(delay);
            process.Terminate();
            // Before .NET runs, nobody hears the signal: that ends the process too, and there is no claim yet.
            Assert.Contains(await process.ExitAsync(TimeSpan.FromSeconds(15)), new[] { 0, 143 });
            Assert.Equal(0L, await HeldAsync(connection));
        }
    }

    [PostgresFact]
    public async Task Who_talks_slowly_to_a_process_that_waits_does_not_keep_it_from_its_worker_id()
    {
        var connection = await server.DatabaseAsync();
        await using var holder = await Start(connection).ReadyAsync();
        await using var waiting = Start(connection);
        await waiting.AnswersAsync("/health/live", status => (int)status == 200);
        using var slow = new System.Net.Sockets.TcpClient("127.0.0.1", waiting.Port);
        await slow.GetStream().WriteAsync("GET /id HTTP/1.1\r\n"u8.ToArray());

        holder.Terminate();
        Assert.Equal(0, await holder.ExitAsync());
        await waiting.AnswersAsync("/health/ready", status => (int)status == 200, TimeSpan.FromSeconds(15));
    }

    private static ServiceProcess Start(string connection) => ServiceProcess.Start(
        "Gateway",
        ("LEASE_STORE", "postgres"), ("ID_SPACE", "auto"), ("WORKER_ID", "auto"), ("WORKER_IDS", "0-0"), ("Postgres__ConnectionString", connection));

    // Before the first process has made the tables nothing is held.
    private static async Task<object?> HeldAsync(string connection) =>
        await QueryAsync(connection, "SELECT to_regclass('id_generator_lease') IS NULL") is true
            ? 0L
            : await QueryAsync(connection, "SELECT count(*) FROM id_generator_lease WHERE record ->> 'holder' IS NOT NULL");
}
