using IdGenerator.Leases;
using IdGenerator.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Memberships;

/// <summary>Where the silos of one cluster keep their leases and their table, each opened as a process of its own does.</summary>
internal sealed record ClusterPlace(
    Func<int, INotedLeaseStore> Lease, Func<IMembershipStore> Table, Func<SiloLeases, TimeProvider, IAliveTimes> Alive);

/// <summary>The lease and the table of one silo, as far as their store sees them.</summary>
internal sealed partial class LeasedSilo
{
    private readonly INotedLeaseStore _store;
    private readonly Holder _holder = new("pod", $"{Guid.NewGuid()}");
    private StoredLease _lease = null!;

    private LeasedSilo(ClusterPlace place, int worker, int process, TimeProvider time)
    {
        Entry = Silos.Number(worker);
        Entry.SiloAddress = SiloAddress.New(Entry.SiloAddress.Endpoint.Address, 11_111 + process, Entry.SiloAddress.Generation);
        _store = place.Lease(worker);
        Leases = new(_store, new()
        {
            Address = Entry.SiloAddress.ToParsableString(),
            Name = Entry.SiloName!,
            Host = Entry.HostName!,
            ProxyPort = Entry.ProxyPort,
            Role = Entry.RoleName,
        });
        Table = new(place.Table(), Leases, place.Alive(Leases, time), time, NullLogger<MembershipTable>.Instance, Stopping.Token);
    }

    public MembershipEntry Entry { get; }

    public SiloLeases Leases { get; }

    public MembershipTable Table { get; }

    /// <summary>Its process is told to stop.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>A process that has taken the lease of its worker, from whomever, and nothing else yet.</summary>
    public static async Task<LeasedSilo> TakeAsync(ClusterPlace place, int worker, int process = 0, TimeProvider? time = null)
    {
        var silo = new LeasedSilo(place, worker, process, time ?? TimeProvider.System);
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
    public static async Task<LeasedSilo> JoinAsync(ClusterPlace place, int worker, int process = 0, TimeProvider? time = null)
    {
        var silo = await TakeAsync(place, worker, process, time);
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
