using System.Diagnostics.CodeAnalysis;
using IdGenerator.Http.Configuration;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;

namespace IdGenerator.Http.Hosting;

public static class LeaseStores
{
    /// <summary>
    /// Opens the store that the settings name, or writes to <paramref name="errors"/> why not. A worker ID that another
    /// process of this host or pod holds is found here, before a port is opened.
    /// </summary>
    public static bool TryOpen(
        Settings settings, TextWriter errors, [NotNullWhen(true)] out OpenStore? store, out int exitCode)
    {
        (store, var refusal) = Open(settings);
        exitCode = refusal?.ExitCode ?? ExitCode.Success;
        if (refusal is not null) errors.WriteLine(refusal.Message);
        return store is not null;
    }

    private static (OpenStore? Store, Refusal? Refusal) Open(Settings settings)
    {
        try
        {
            return settings.LeaseStore switch
            {
                "kubernetes" => OpenShared<KubernetesLeaseStore>(settings, "Its record is a Lease in Kubernetes."),
                "postgres" => OpenShared<PostgresLeaseStore>(settings, $"Its record, in ID space {settings.IdSpace}, is in PostgreSQL."),
                "memory" => OpenMemory(settings),
                "file" => OpenFile(settings),
                _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.LeaseStore, null),
            };
        }
        catch (LeaseStoreException e)
        {
            return (null, new(ExitCode.Store, e.Message));
        }
    }

    private static (OpenStore?, Refusal?) OpenMemory(Settings settings) => Conflict(settings) is { } conflict
        ? (null, conflict)
        : (new(_ => new MemoryLeaseStore(), "Its record is in memory: IDs may repeat after a restart."), null);

    private static (OpenStore?, Refusal?) OpenFile(Settings settings)
    {
        if (Conflict(settings) is { } conflict) return (null, conflict);

        var (store, refusal) = FileLeaseStore.Open(settings.DataDirectory, settings.Worker);
        if (refusal is not null) return (null, new(ProcessExit.CodeOf(refusal), refusal.Message));

        var answer = HostRegistry.Claim(settings.IdSpace, settings.Worker, settings.DataDirectory);
        if (answer.Refusal is { } elsewhere) return (null, new(ExitCode.Configuration, elsewhere));

        var record = FileLeaseStore.RecordPath(settings.DataDirectory, settings.Worker);
        return (new(_ => store!, $"Its record, in ID space {settings.IdSpace}, is {record}.", answer.Warning), null);
    }

    /// <summary>Another process of this host has the worker ID.</summary>
    private static Refusal? Conflict(Settings settings) =>
        HostLock.TakeWorker(settings.IdSpace, settings.Worker) is not { } holder ? null : new(
            ExitCode.Conflict,
            $"Worker ID {settings.Worker} is held by {holder}, in ID space {settings.IdSpace} of this host. Stop that process, " +
            "or set another WORKER_ID.");

    /// <summary>A store that refuses a second holder by itself, wherever that one runs.</summary>
    private static (OpenStore?, Refusal?) OpenShared<T>(Settings settings, string place)
        where T : ILeaseStore
    {
        if (settings.PodUid is { } podUid && HostLock.TakePod(podUid) is { } holder)
        {
            return (null, new(
                ExitCode.Conflict,
                $"Worker ID {settings.Worker} is held by another process of this pod, {settings.Holder}: {holder}. " +
                "Stop that process."));
        }

        return (new(services => services.GetRequiredService<T>(), place), null);
    }

    private sealed record Refusal(int ExitCode, string Message);
}
