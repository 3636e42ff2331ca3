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

    private static (OpenStore?, Refusal?) OpenMemory(Settings settings) =>
        HostLock.TakeWorker(settings.IdSpace, settings.Worker) is { } holder
            ? (null, Refusal.Of(LeaseRefusal.HeldOnHost(settings.IdSpace, settings.Worker, holder)))
            : (new(_ => new MemoryLeaseStore(), "Its record is in memory: IDs may repeat after a restart."), null);

    private static (OpenStore?, Refusal?) OpenFile(Settings settings)
    {
        var (worker, refusal) = HostWorker.Take(settings.IdSpace, settings.Worker, settings.DataDirectory);
        if (refusal is not null) return (null, Refusal.Of(refusal));

        var record = FileLeaseStore.RecordPath(settings.DataDirectory, settings.Worker);
        // For as long as the process lives: what the function keeps is what keeps others out.
        return (new(_ => worker!.Store, $"Its record, in ID space {settings.IdSpace}, is {record}.", worker!.Warning), null);
    }

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

    private sealed record Refusal(int ExitCode, string Message)
    {
        public static Refusal Of(LeaseRefusal refusal) => new(ProcessExit.CodeOf(refusal), refusal.Message);
    }
}
