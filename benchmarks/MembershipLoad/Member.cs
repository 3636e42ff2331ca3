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
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _running = [];

    /// <param name="id">The worker ID.</param>
    /// <param name="pod">The UID of its pod: a silo that follows another one in the same pod has its lease at once.</param>
    /// <param name="config">Where the API server is.</param>
    /// <param name="meter">Where calls are counted.</param>
    public Member(int id, string pod, KubernetesConfig config, Meter meter)
    {
        const string Release = "load";
        var time = TimeProvider.System;
        var options = new LeaseOptions();
        var clock = new LogicalClock(time, new());
        var silo = SiloAddress.New(new IPAddress([10, 244, (byte)(id >> 8), (byte)id]), 11_111, SiloAddress.AllocateNewGeneration());
        _meter = meter;
        _client = new(config, new(), time, NullLogger<KubernetesClient>.Instance);
        var store = new KubernetesLeaseStore(_client, Release, id);
        _lease = new(
            id, new($"load-id-generator-{id}", pod), Boot.Id, new MeteredStore(store, meter), clock, new(clock), options,
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

    /// <summary>Takes the lease, and renews it from then on until the silo ends.</summary>
    public Task HoldAsync()
    {
        _running.Add(HoldUntilEndAsync());
        return _lease.Held;
    }

    /// <summary>Reads the table, joins it and becomes active; then reads it once a minute and is alive twice a minute, from a random moment on.</summary>
    public async Task JoinAsync()
    {
        await _meter.CountAsync("join", async () =>
        {
            while (!await _meter.CountAsync("join: start", StartAsync)) await Task.Delay(TimeSpan.FromSeconds(1));
            await ChangeAsync(SiloStatus.Joining);
            await ChangeAsync(SiloStatus.Active);
            return true;
        });
        _running.Add(RepeatAsync("read all", Orleans.TableRefreshTimeout, async () => (await _table.ReadAllAsync(_end.Token)).Members.Count > 0));
        _running.Add(RepeatAsync("alive", Orleans.IAmAliveTablePublishTimeout, AliveAsync));
    }

    /// <summary>Ends as a killed process does: it says nothing to anybody.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_running);
    }

    /// <summary>How many active silos are stale to Orleans, as this one reads the table.</summary>
    public async Task<int> StaleAsync() => (await _table.ReadAllAsync()).Members.Count(member => member.Item1.Status == SiloStatus.Active &&
        DateTime.UtcNow - member.Item1.IAmAliveTime > Orleans.IAmAliveTablePublishTimeout * Orleans.NumMissedTableIAmAliveLimit);

    public void Dispose()
    {
        _client.Dispose();
        _end.Dispose();
    }

    private async Task HoldUntilEndAsync()
    {
        try
        {
            if ((await _lease.AcquireAsync(_end.Token) ?? await _lease.HoldAsync(_end.Token)) is { } refusal)
                throw new InvalidOperationException(refusal.Message);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // It was told to end.
        }
    }

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

    private async Task RepeatAsync(string name, TimeSpan period, Func<Task<bool>> call)
    {
        try
        {
            await Task.Delay(period * Random.Shared.NextDouble(), _end.Token);
            while (true)
            {
                await _meter.CountAsync(name, call);
                await Task.Delay(period, _end.Token);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // It was told to end.
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
