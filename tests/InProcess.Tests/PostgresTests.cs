using IdGenerator.PostgresServer;

namespace IdGenerator.InProcess.Tests;

/// <summary>Processes of any host, with their records in a real PostgreSQL.</summary>
public sealed class PostgresTests : IAsyncLifetime
{
    private readonly Postgres _server = new();
    private string _connection = "";

    public async Task InitializeAsync()
    {
        if (Postgres.Programs is null) return;
        await _server.InitializeAsync();
        _connection = await _server.DatabaseAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [PostgresFact]
    public async Task Each_process_takes_the_lowest_free_worker_id_and_gives_it_back()
    {
        await using var first = await Any().StartAsync();
        await using var second = await Any().StartAsync();
        Assert.Equal([0, 1], new[] { first.Worker(), second.Worker() });

        await first.StopAsync();
        await using var third = await Any().StartAsync();
        Assert.Equal(0, new SnowflakeId(await third.Ids.NextAsync()).Worker);

        await second.StopAsync();
        await third.StopAsync();
        Assert.Equal(2L, await Postgres.QueryAsync(
            _connection, "SELECT count(*) FROM id_generator_lease WHERE id_space = 'orders' AND record ->> 'holder' IS NULL"));
    }

    private Service Any() => Service.Of(options =>
    {
        (options.WorkerIds, options.IdSpace, options.Store) = ("0-9", "orders", InProcessStore.Postgres);
        options.Postgres.ConnectionString = _connection;
    });
}
