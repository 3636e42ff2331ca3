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
    private PostgresProxies? _proxies;
    private string _connection = "";
    private int _outages;

    public override async Task StartAsync(IReadOnlyList<Worker> workers)
    {
        if (Postgres.Programs is null) throw new HarnessException("PostgreSQL is not installed (Debian: apt-get install postgresql).");
        await _server.InitializeAsync();
        _connection = await _server.DatabaseAsync();
        _proxies = new(_server.Port, workers.SelectMany(worker => worker.Places), () => Trouble, invariants);
        _proxies.Start();
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

    public override async Task<bool> DeleteAsync(Worker worker)
    {
        var isDeleted = await QueryAsync($"DELETE FROM id_generator_lease WHERE {Row(worker)} RETURNING 1") is not null;
        invariants.OnDeleted(worker.Number);
        return isDeleted;
    }

    public override async Task<bool> RestoreAsync(Worker worker, JsonNode lease) => await QueryAsync(
        $"UPDATE id_generator_lease SET version = gen_random_uuid(), record = '{lease.ToJsonString()}' WHERE {Row(worker)} RETURNING 1") is not null;

    public override long ReservedUntil(JsonNode lease) => (long)lease["reservedUntil"]!;

    public override string HolderOf(JsonNode lease) => $"{lease["holder"]?["uid"]}{lease["generation"]}";

    public override async ValueTask DisposeAsync()
    {
        if (_proxies is not null) await _proxies.DisposeAsync();
        await _server.DisposeAsync();
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
}
