using System.Diagnostics.CodeAnalysis;
using IdGenerator.Gateway.Lifetime;
using IdGenerator.Kubernetes;
using IdGenerator.Leases;

namespace IdGenerator.Gateway.Configuration;

public static class LeaseStores
{
    /// <summary>
    /// Opens the store that the settings name, or writes to <paramref name="errors"/> why not. A worker ID that another
    /// process of this host or pod holds is found here, before a port is opened.
    /// </summary>
    public static bool TryOpen(
        Settings settings,
        TextWriter errors,
        [NotNullWhen(true)] out Func<IServiceProvider, ILeaseStore>? store,
        out int exitCode)
    {
        (store, var refusal) = Open(settings);
        exitCode = refusal is null ? ExitCode.Success : ProcessExit.CodeOf(refusal);
        if (refusal is not null) errors.WriteLine(refusal.Message);
        return store is not null;
    }

    private static (Func<IServiceProvider, ILeaseStore>? Store, LeaseRefusal? Refusal) Open(Settings settings) =>
        settings.LeaseStore switch
        {
            "kubernetes" => OpenKubernetes(settings),
            "memory" => (_ => new MemoryLeaseStore(), null),
            _ => OpenFile(settings),
        };

    private static (Func<IServiceProvider, ILeaseStore>?, LeaseRefusal?) OpenFile(Settings settings)
    {
        try
        {
            var (store, refusal) = FileLeaseStore.Open(settings.DataDirectory, settings.Worker);
            return (store is null ? null : _ => store, refusal);
        }
        catch (LeaseStoreException e)
        {
            return (null, new(RefusalReason.Store, e.Message));
        }
    }

    private static (Func<IServiceProvider, ILeaseStore>?, LeaseRefusal?) OpenKubernetes(Settings settings)
    {
        if (settings.PodUid is { } podUid && !PodLock.TryTake(podUid))
        {
            return (null, new(
                RefusalReason.Conflict,
                $"Worker ID {settings.Worker} is held by another process of this pod, {settings.Holder}. Stop that process."));
        }

        return (
            services => new KubernetesLeaseStore(services.GetRequiredService<KubernetesClient>(), settings.Kubernetes!.Release),
            null);
    }
}
