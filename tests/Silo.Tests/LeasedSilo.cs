using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Silo.Tests;

/// <summary>The lease and the table of one silo, as far as the API server sees them.</summary>
internal sealed class LeasedSilo
{
    private readonly KubernetesLeaseStore _store;
    private readonly Holder _holder = new("pod", $"{Guid.NewGuid()}");
    private StoredLease _lease = null!;

    private LeasedSilo(KubernetesClient client, int worker, int process, TimeProvider time)
    {
        Entry = Silos.Number(worker);
        Entry.SiloAddress = SiloAddress.New(Entry.SiloAddress.Endpoint.Address, 11_111 + process, Entry.SiloAddress.Generation);
        _store = new(client, "ids", worker);
        Leases = new(client, "ids", _store, Entry.SiloAddress.ToParsableString(), Entry.SiloName!);
        Table = new(
            new(client, "ids", "blue"), Leases, new(client, "ids", Leases, time), time, NullLogger<KubernetesMembershipTable>.Instance);
    }

    public MembershipEntry Entry { get; }

    public SiloLeases Leases { get; }

    public KubernetesMembershipTable Table { get; }

    /// <summary>A process that has taken the lease of its worker, from whomever, and nothing else yet.</summary>
    public static async Task<LeasedSilo> TakeAsync(KubernetesClient client, int worker, int process = 0, TimeProvider? time = null)
    {
        var silo = new LeasedSilo(client, worker, process, time ?? TimeProvider.System);
        var found = await silo._store.ReadAsync(default);
        silo._lease = (await silo._store.WriteAsync(
            new()
            {
                Holder = silo._holder,
                Generation = (found?.Record.Generation ?? 0) + 1,
                ReservedUntil = 1_000,
                Layout = "a/b",
                AcquiredAt = Silos.Now,
                RenewedAt = Silos.Now,
                DurationSeconds = 60,
            },
            found?.Version,
            default))!;
        return silo;
    }

    /// <summary>The same, and it has joined as Orleans does: it is active.</summary>
    public static async Task<LeasedSilo> JoinAsync(KubernetesClient client, int worker, int process = 0, TimeProvider? time = null)
    {
        var silo = await TakeAsync(client, worker, process, time);
        await silo.Table.InitializeMembershipTableAsync(true);
        await silo.Table.JoinAsync(silo.Entry);
        await silo.BecomeAsync(SiloStatus.Active);
        return silo;
    }

    public Task<int> BecomeAsync(SiloStatus status) => Table.ChangeAsync(Entry.SiloAddress, entry => entry.Status = status);

    /// <summary>Writes the lease as its next renewal does.</summary>
    /// <returns>False where the lease was taken by another process.</returns>
    public async Task<bool> RenewAsync(DateTimeOffset now)
    {
        if (await _store.WriteAsync(_lease.Record with { RenewedAt = now }, _lease.Version, default) is not { } stored) return false;
        _lease = stored;
        return true;
    }

    public async Task ReleaseAsync() => await _store.WriteAsync(_lease.Record with { Holder = null }, _lease.Version, default);
}
