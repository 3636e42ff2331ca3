using IdGenerator.ApiServer;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;
using IdGenerator.PostgresServer;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.LeaseLoad;

/// <summary>A real server, and a store for each worker with connections of its own.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private readonly List<Func<ValueTask>> _disposals = [];

    public required Func<int, ILeaseStore> Open { get; init; }

    public static async Task<Stores> StartAsync(string name, int workers) => name switch
    {
        "kubernetes" => await KubernetesAsync(),
        "postgres" => await PostgresAsync(workers),
        _ => throw new ArgumentException($"{name} is no store; there are kubernetes and postgres."),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var dispose in _disposals.AsEnumerable().Reverse()) await dispose();
    }

    private static async Task<Stores> KubernetesAsync()
    {
        if (Assets.Directory is null) throw new InvalidOperationException($"{Assets.Variable} is not set: it names the directory of etcd and kube-apiserver.");
        var server = new ControlPlane();
        await server.InitializeAsync();
        var account = await server.CreateServiceAccountAsync();
        var config = KubernetesConfig.Load(name => account.Environment.GetValueOrDefault(name));
        List<KubernetesClient> clients = [];
        var stores = new Stores
        {
            Open = worker =>
            {
                clients.Add(new(config, new(), TimeProvider.System, NullLogger<KubernetesClient>.Instance));
                return new KubernetesLeaseStore(clients[^1], "load", worker);
            },
        };
        stores._disposals.Add(server.DisposeAsync);
        stores._disposals.Add(() =>
        {
            foreach (var client in clients) client.Dispose();
            return ValueTask.CompletedTask;
        });
        return stores;
    }

    private static async Task<Stores> PostgresAsync(int workers)
    {
        var server = new Postgres { Settings = [$"max_connections={workers + 20}"] };
        await server.InitializeAsync();
        var connection = await server.DatabaseAsync();
        List<PostgresDatabase> databases = [];
        var stores = new Stores
        {
            Open = worker =>
            {
                databases.Add(new(new(connection, PasswordFile: null), $"worker {worker}"));
                return new PostgresLeaseStore(databases[^1], "load", worker);
            },
        };
        stores._disposals.Add(server.DisposeAsync);
        stores._disposals.Add(async () =>
        {
            foreach (var database in databases) await database.DisposeAsync();
        });
        return stores;
    }
}
