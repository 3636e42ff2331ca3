using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;
using Microsoft.Extensions.Logging;

namespace IdGenerator.InProcess;

/// <summary>The worker IDs that the settings name, in the store that they name.</summary>
internal static partial class WorkerPlaces
{
    /// <param name="options">Without faults.</param>
    /// <param name="time">Time.</param>
    /// <param name="loggers">For what is said on the way.</param>
    public static IWorkerPlaces Open(InProcessIdGeneratorOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        var isStated = options.WorkerId is not null;
        var workers = options.WorkerId is { } worker ? new(worker, worker) : WorkerRange.Parse(options.WorkerIds!)!;
        switch (options.Store)
        {
            case InProcessStore.Kubernetes:
                var client = new KubernetesClient(
                    KubernetesConfig.Load(Environment.GetEnvironmentVariable), new(), time, loggers.CreateLogger<KubernetesClient>());
                return Shared(worker => new KubernetesLeaseStore(client, options.IdSpace, worker), new Closing(client));
            case InProcessStore.Postgres:
                var database = new PostgresDatabase(
                    InProcessIdGeneratorOptionsValidator.Database(options.Postgres), $"id-generator {options.IdSpace} in {AppDomain.CurrentDomain.FriendlyName}");
                return Shared(worker => new PostgresLeaseStore(database, options.IdSpace, worker), database);
            default:
                if (Container.IsHere && string.IsNullOrEmpty(options.DataDirectory)) LogContainer(loggers.CreateLogger(typeof(WorkerPlaces)), options.WorkerId);
                var directory = InProcessIdGeneratorOptionsValidator.Directory(options, []);
                return new HostPlaces(workers, isStated, options.IdSpace, directory, time, loggers.CreateLogger<HostPlaces>());
        }

        SharedPlaces Shared(Func<int, ILeaseStore> open, IAsyncDisposable client) =>
            new(workers, isStated, open, client, time, loggers.CreateLogger<WorkerClaim>());
    }

    [LoggerMessage(1, LogLevel.Warning,
        "The lease of worker ID {Worker} is a file of this container: nothing keeps another container from this worker ID, and IDs of both would be equal. Give each " +
        "container another WorkerId, or set Store to Kubernetes or Postgres.")]
    private static partial void LogContainer(ILogger logger, int? worker);

    private sealed class Closing(IDisposable client) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
