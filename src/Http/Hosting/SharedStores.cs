using IdGenerator.Http.Configuration;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;

namespace IdGenerator.Http.Hosting;

/// <summary>The records of all worker IDs, for a process that has none yet, in a store that all processes share.</summary>
internal sealed class SharedStores(Settings settings, ILogger<KubernetesClient> logger) : IAsyncDisposable
{
    private readonly KubernetesClient? _kubernetes = settings.Kubernetes is { } kubernetes
        ? new(kubernetes.Config, kubernetes.Options, TimeProvider.System, logger)
        : null;

    private readonly PostgresDatabase? _postgres = settings.Postgres is { } postgres
        ? new(postgres, $"id-generator {settings.IdSpace}, looking for a worker ID")
        : null;

    public ILeaseStore Open(int worker) => _kubernetes is null
        ? new PostgresLeaseStore(_postgres!, settings.IdSpace, worker)
        : new KubernetesLeaseStore(_kubernetes, settings.Kubernetes!.Release, worker);

    public ValueTask DisposeAsync()
    {
        _kubernetes?.Dispose();
        return _postgres?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
