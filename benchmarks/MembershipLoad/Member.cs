using System.Net;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.KubernetesMembership;
using IdGenerator.Membership;
using IdGenerator.Snowflake;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.Runtime;

namespace IdGenerator.MembershipLoad;

/// <summary>
/// What one silo asks of the API server, as Orleans 10.4.2 asks it with default settings, and no more of the silo: a client with
/// connections of its own, the lease of a worker, and the membership table. A change makes the others read nothing: Orleans sends them
/// the new table itself (MembershipGossiper).
/// </summary>
internal sealed class Member : IDisposable
{
    private static readonly ClusterMembershipOptions Orleans = new();

    private readonly KubernetesClient _client;
    private readonly WorkerLease _lease;
    private readonly MembershipTable _table;
    private readonly MembershipEntry _entry;
    private readonly Meter _meter;
    private readonly TimeSpan _begin;

    /// <param name="id">The worker ID.</param>
    /// <param name="silos">How many there are: their renewals are spread over one period.</param>
    /// <param name="config">Where the API server is.</param>
    /// <param name="meter">Where calls are counted.</param>
    public Member(int id, int silos, KubernetesConfig config, Meter meter)
    {
        const string Release = "load";
        var time = TimeProvider.System;
        var options = new LeaseOptions();
        var clock = new LogicalClock(time, new());
        var silo = SiloAddress.New(new IPAddress([10, 244, (byte)(id >> 8), (byte)id]), 11_111, SiloAddress.AllocateNewGeneration());
        _meter = meter;
        _begin = TimeSpan.FromSeconds(options.RenewSeconds) * id / silos;
        _client = new(config, new(), time, NullLogger<KubernetesClient>.Instance);
        var store = new KubernetesLeaseStore(_client, Release, id);
        _lease = new(
            id, new($"load-id-generator-{id}", Guid.NewGuid().ToString()), Boot.Id, new MeteredStore(store, meter), clock, new(clock), options,
            time, NullLogger<WorkerLease>.Instance);
        var leases = new SiloLeases(store, new()
        {
            Address = silo.ToParsableString(),
            Name = $"worker-{id}",
            Host = $"load-id-generator-{id}",
            ProxyPort = 30_000,
            Role = "IdGenerator.Silo",
        });
        _table = new(
            new KubernetesMembershipStore(_client, Release, Release), leases, new KubernetesAliveTimes(_client, Release, leases, time), time, NullLogger<MembershipTable>.Instance);
        _entry = new()
        {
            SiloAddress = silo,
            SiloName = $"worker-{id}",
            HostName = $"load-id-generator-{id}",
            RoleName = "IdGenerator.Silo",
            ProxyPort = 30_000,
            StartTime = DateTime.UtcNow,
            SuspectTimes = [],
        };
    }

    public Task Held => _lease.Held;

    public async Task<LeaseRefusal?> HoldAsync(CancellationToken cancellation)
    {
        await Task.Delay(_begin, CancellationToken.None);
        return await _lease.AcquireAsync(cancellation) ?? await _lease.HoldAsync(cancellation);
    }

    /// <summary>Reads the table, joins it and becomes active.</summary>
    public Task JoinAsync() => _meter.CountAsync("join", async () =>
    {
        while (!await _meter.CountAsync("join: start", StartAsync)) await Task.Delay(TimeSpan.FromSeconds(1));
        await ChangeAsync(SiloStatus.Joining);
        await ChangeAsync(SiloStatus.Active);
        return true;
    });

    /// <summary>The read once a minute and the "I am alive" twice a minute, from a random moment on.</summary>
    public Task RestAsync(CancellationToken cancellation) => Task.WhenAll(
        RepeatAsync("read all", Orleans.TableRefreshTimeout, async () => (await _table.ReadAllAsync(cancellation)).Members.Count > 0, cancellation),
        RepeatAsync("alive", Orleans.IAmAliveTablePublishTimeout, AliveAsync, cancellation));

    /// <summary>How many silos are stale to Orleans, as this one reads the table.</summary>
    public async Task<int> StaleAsync() => (await _table.ReadAllAsync()).Members.Count(member =>
        DateTime.UtcNow - member.Item1.IAmAliveTime > Orleans.IAmAliveTablePublishTimeout * Orleans.NumMissedTableIAmAliveLimit);

    public void Dispose() => _client.Dispose();

    private async Task<bool> StartAsync()
    {
        await _table.InitializeMembershipTableAsync(true);
        await _table.ReadAllAsync();
        return true;
    }

    private async Task<bool> AliveAsync()
    {
        await _table.UpdateIAmAliveAsync(new() { SiloAddress = _entry.SiloAddress, IAmAliveTime = DateTime.UtcNow });
        return true;
    }

    private async Task RepeatAsync(string name, TimeSpan period, Func<Task<bool>> call, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(period * Random.Shared.NextDouble(), cancellation);
            while (true)
            {
                await _meter.CountAsync(name, call);
                await Task.Delay(period, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end of the run.
        }
    }

    /// <summary>Reads, writes over what it read, and waits before it tries again, as MembershipTableManager does.</summary>
    private async Task ChangeAsync(SiloStatus status)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (await _meter.CountAsync("join: read", () => _table.ReadAllAsync()) is not { } table) continue;
            (_entry.Status, _entry.IAmAliveTime) = (status, DateTime.UtcNow);
            var known = table.TryGet(_entry.SiloAddress);
            var isDone = await _meter.CountAsync("join: write", () => known is null
                ? _table.InsertRowAsync(_entry, table.Version.Next())
                : _table.UpdateRowAsync(_entry, known.Item2, table.Version.Next()));
            if (isDone) return;
            // Orleans' back-off after a conflict: 2 s and more, with random.
            await Task.Delay(TimeSpan.FromSeconds(2 + (Math.Min(62, 2 << Math.Min(attempt, 5)) * Random.Shared.NextDouble())));
        }
    }
}
