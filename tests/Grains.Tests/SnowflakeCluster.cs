using System.Collections.Concurrent;
using IdGenerator.Grains;
using IdGenerator.Leases;
using IdGenerator.Snowflake;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Configuration;
using Orleans.TestingHost;

namespace IdGenerator.Testing;

/// <summary>
/// Silos in this process, with an Orleans client beside them and one lease store between them. Each has the worker ID of its
/// place in the cluster, in its name and as its lease.
/// </summary>
public sealed class SnowflakeCluster : IAsyncDisposable
{
    private readonly InProcessTestCluster _cluster;
    private readonly ConcurrentDictionary<int, MemoryLeaseStore> _leases = new();
    private readonly TimeProvider _time;

    private SnowflakeCluster(
        int silos, TimeProvider? time, Func<IServiceProvider, ILifecycleParticipant<ISiloLifecycle>>? participant, bool leasesAreShared)
    {
        _time = time ?? TimeProvider.System;
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.ConfigureSiloHost((options, host) =>
        {
            // The test host names silos Silo_0, Silo_1, ...
            var worker = int.Parse(options.SiloName[(options.SiloName.IndexOf('_') + 1)..]);
            options.SiloName = WorkerSiloName.Format(worker);
            AddWorker(host.Services, worker);
            if (participant is not null) host.Services.AddSingleton(participant);
        });
        builder.ConfigureSilo((_, silo) => silo
            .AddSnowflakeGrains(leasesAreShared)
            .Configure<ClusterMembershipOptions>(options => options.NumMissedProbesLimit = 1));
        _cluster = builder.Build();
    }

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public IClusterClient Client => _cluster.Client;

    /// <param name="silos">How many.</param>
    /// <param name="time">Of their generators; null for the machine's.</param>
    /// <param name="participant">Takes part in the start of each silo.</param>
    /// <param name="leasesAreShared">A silo may give out IDs before it has joined.</param>
    public static async Task<SnowflakeCluster> StartAsync(
        int silos, TimeProvider? time = null, Func<IServiceProvider, ILifecycleParticipant<ISiloLifecycle>>? participant = null,
        bool leasesAreShared = false)
    {
        var cluster = new SnowflakeCluster(silos, time, participant, leasesAreShared);
        await cluster._cluster.DeployAsync();
        return cluster;
    }

    public IServiceProvider ServicesOf(int worker) => SiloOf(worker).SiloHost.Services;

    public T Get<T>(int worker) where T : notnull => ServicesOf(worker).GetRequiredService<T>();

    /// <summary>What a caller on the silo of <paramref name="worker"/> calls grains with.</summary>
    public IGrainFactory CallerOn(int worker) => Get<IGrainFactory>(worker);

    public async Task StopAsync(int worker) => await _cluster.StopSiloAsync(SiloOf(worker));

    public async Task KillAsync(int worker) => await _cluster.KillSiloAsync(SiloOf(worker));

    /// <summary>Stops the silo and starts it again, as another process of the same pod would.</summary>
    public async Task RestartAsync(int worker) => await _cluster.RestartSiloAsync(SiloOf(worker));

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    private InProcessSiloHandle SiloOf(int worker) => Silos.Single(silo => silo.Name == WorkerSiloName.Format(worker));

    private void AddWorker(IServiceCollection services, int worker)
    {
        var clock = new LogicalClock(_time, new());
        var generator = new SlotGenerator(clock);
        var holder = new Holder($"pod-{worker}", $"uid-{worker}");
        var lease = new WorkerLease(
            worker, holder, "boot", _leases.GetOrAdd(worker, _ => new()), clock, generator, new(), _time, NullLogger<WorkerLease>.Instance);
        // The memory store answers at once, and nobody else has the worker ID.
        Assert.Null(lease.AcquireAsync(CancellationToken.None).GetAwaiter().GetResult());
        services
            .AddSingleton(clock)
            .AddSingleton(generator)
            .AddSingleton(lease)
            .AddSingleton(new BulkGate(32))
            .AddSingleton<HeldCalls>()
            .AddSingleton<IIncomingGrainCallFilter>(provider => provider.GetRequiredService<HeldCalls>())
            .AddSingleton(new WorkerIdSource(lease, generator, clock, _time));
    }
}
