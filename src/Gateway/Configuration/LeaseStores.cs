using System.Diagnostics.CodeAnalysis;
using IdGenerator.Gateway.Lifetime;
using IdGenerator.Leases;

namespace IdGenerator.Gateway.Configuration;

internal static class LeaseStores
{
    /// <summary>
    /// Opens the store that the settings name, or writes to <paramref name="errors"/> why not. A worker ID that another
    /// process of this host holds is found here, before a port is opened.
    /// </summary>
    public static bool TryOpen(
        Settings settings, TextWriter errors, [NotNullWhen(true)] out ILeaseStore? store, out int exitCode)
    {
        (store, var refusal) = Open(settings);
        exitCode = refusal is null ? ExitCode.Success : ProcessExit.CodeOf(refusal);
        if (refusal is not null) errors.WriteLine(refusal.Message);
        return store is not null;
    }

    private static (ILeaseStore? Store, LeaseRefusal? Refusal) Open(Settings settings)
    {
        try
        {
            return settings.LeaseStore == "memory"
                ? (new MemoryLeaseStore(), null)
                : FileLeaseStore.Open(settings.DataDirectory, settings.Worker);
        }
        catch (LeaseStoreException e)
        {
            return (null, new(RefusalReason.Store, e.Message));
        }
    }
}
