using System.Globalization;
using System.Text.Json.Nodes;
using IdGenerator.PostgresServer;
using Npgsql;

namespace IdGenerator.Faults;

/// <summary>A real PostgreSQL, behind proxies. Half of its outages are crashes, after which it recovers from its log; in the others it is frozen.</summary>
internal sealed class PostgresStore(Invariants invariants) : SharedStore
{
    private const string Space = "faults";

    private readonly Postgres _server = new();
    private readonly CancellationTokenSource _stop = new();
    private PostgresProxies? _proxies;
    private string _connection = "";
    private Task _watching = Task.CompletedTask;
    private int _outages;

    public override async Task StartAsync(IReadOnlyList<Worker> workers)
    {
        if (Postgres.Programs is null) throw new HarnessException("PostgreSQL is not installed (Debian: apt-get install postgresql).");
        await _server.InitializeAsync();
        _connection = await _server.DatabaseAsync();
        _proxies = new(_server.Port, workers.SelectMany(worker => worker.Places), () => Trouble);
        _proxies.Start();
        _watching = WatchAsync();
    }

    public override IEnumerable<(string, string)> Variables(Worker worker, Place place) =>
    [
        ("LEASE_STORE", worker.Disk is null ? "postgres" : "file"),
        ("ID_SPACE", Space),
        ("SILO_ADDRESS", place.Address),
        ("CLUSTERING", worker.IsSilo ? "postgres" : ""),
        ("Postgres__ConnectionString", _connection
            .Replace("127.0.0.1", Network.Host, StringComparison.Ordinal)
            .Replace($"Port={_server.Port}", $"Port={place.ProxyPort}", StringComparison.Ordinal)),
    ];

    public override ApiTrouble CutOff(Place place) => _proxies!.CutOff(place);

    public override void Reconnect(Place place) => _proxies!.Reconnect(place);

    public override void Fail()
    {
        if (_outages++ % 2 == 0) _server.Crash();
        else _server.Pause();
    }

    public override async Task RecoverAsync()
    {
        if (_outages % 2 == 1) await _server.StartAsync();
        else _server.Resume();
    }

    public override async Task<JsonNode?> GetAsync(Worker worker) =>
        await QueryAsync($"SELECT record::text FROM id_generator_lease WHERE {Row(worker)}") is string json ? JsonNode.Parse(json) : null;

    public override async Task<bool> DeleteAsync(Worker worker) =>
        await QueryAsync($"DELETE FROM id_generator_lease WHERE {Row(worker)} RETURNING 1") is not null;

    public override async Task<bool> RestoreAsync(Worker worker, JsonNode lease) => await QueryAsync(
        $"UPDATE id_generator_lease SET version = gen_random_uuid(), record = '{lease.ToJsonString()}' WHERE {Row(worker)} RETURNING 1") is not null;

    public override long ReservedUntil(JsonNode lease) => (long)lease["reservedUntil"]!;

    public override string HolderOf(JsonNode lease) => $"{lease["holder"]?["uid"]}{lease["generation"]}";

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_proxies is not null) await _proxies.DisposeAsync();
        await _server.DisposeAsync();
        _stop.Dispose();
    }

    private static string Row(Worker worker) => string.Create(CultureInfo.InvariantCulture, $"id_space = '{Space}' AND worker = {worker.Number}");

    private async Task<object?> QueryAsync(string sql)
    {
        try
        {
            return await Postgres.QueryAsync(_connection, sql);
        }
        catch (NpgsqlException e)
        {
            throw new HttpRequestException(e.Message, e);
        }
    }

    /// <summary>Shows the records to the invariants, as they come. What was issued is read first: the record may be a later one.</summary>
    private async Task WatchAsync()
    {
        // By token, so that an older copy that somebody restores is not taken for a write of its holder.
        var seen = new HashSet<string>();
        while (!_stop.IsCancellationRequested)
        {
            var issued = Enumerable.Range(0, 64).ToDictionary(worker => worker, invariants.IssuedBy);
            try
            {
                await using var connection = new NpgsqlConnection($"{_connection};Timeout=1;Command Timeout=1;Cancellation Timeout=-1");
                await connection.OpenAsync(_stop.Token);
                await using var command = new NpgsqlCommand($"SELECT worker, record::text FROM id_generator_lease WHERE id_space = '{Space}'", connection);
                await using var rows = await command.ExecuteReaderAsync(_stop.Token);
                while (await rows.ReadAsync(_stop.Token))
                {
                    var (worker, json) = (rows.GetInt32(0), rows.GetString(1));
                    var record = JsonNode.Parse(json);
                    if (seen.Add($"{worker} {record?["token"] ?? json}") && LeaseWrite.OfRecord(worker, record) is { } write)
                        invariants.OnWritten(write, issued.GetValueOrDefault(worker), isBeforeUse: false);
                }
            }
            catch (NpgsqlException)
            {
                // An outage, or the tables are not there yet.
            }

            await Task.Delay(20, _stop.Token);
        }
    }
}
