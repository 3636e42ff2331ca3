using IdGenerator.Http.Api;
using IdGenerator.Http.Bulk;
using IdGenerator.Http.Configuration;
using IdGenerator.Http.FastPath;
using IdGenerator.Http.Observability;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.PostgresLeases;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdGenerator.Http.Hosting;

public static class ServiceRegistration
{
    /// <summary>The worker ID: its lease, its clock, its generator.</summary>
    public static void AddWorker(this WebApplicationBuilder builder, Settings settings, OpenStore store)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        if (settings.Kubernetes is { } kubernetes)
        {
            services.AddKubernetes(kubernetes, settings);
            services.AddSingleton(provider => new KubernetesLeaseStore(
                provider.GetRequiredService<KubernetesClient>(), kubernetes.Release, settings.Worker));
        }

        if (settings.Postgres is { } postgres)
        {
            services.AddPostgres(postgres, settings);
            services.AddSingleton(provider => new PostgresLeaseStore(
                provider.GetRequiredService<PostgresDatabase>(), settings.IdSpace, settings.Worker));
        }

        services.AddSingleton(store);
        services.AddSingleton(settings.Identity);
        services.AddSingleton<ILeaseStore>(provider =>
            ActivatorUtilities.CreateInstance<MeteredLeaseStore>(provider, store.Create(provider)));
        services.AddSingleton(provider =>
            new LogicalClock(provider.GetRequiredService<TimeProvider>(), settings.Clock, Boot.SuspendedMilliseconds));
        services.AddSingleton(provider =>
            new SlotGenerator(provider.GetRequiredService<LogicalClock>(), settings.RollingStart));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<WorkerLease>(
            provider, settings.Worker, settings.Holder, Boot.Id, settings.Lease));
        services.AddSingleton<WorkerIdSource>();
        services.AddSingleton<ProcessExit>();
        if (settings.Kubernetes is { Chart: { } chart })
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ChartRights>(provider, chart));
            services.AddHostedService<LastPodService>();
        }

        services.AddSingleton<LeaseService>();
        services.AddHostedService(provider => provider.GetRequiredService<LeaseService>());
    }

    /// <summary>The client of the API server, and events on this pod where there is one.</summary>
    public static void AddKubernetes(this IServiceCollection services, KubernetesSettings kubernetes, Settings settings)
    {
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<KubernetesClient>(provider, kubernetes.Config, kubernetes.Options));
        if (settings.PodUid is not { } podUid) return;
        services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<PodEvents>(provider, settings.Holder.Name, podUid));
    }

    /// <summary>The database.</summary>
    public static void AddPostgres(this IServiceCollection services, PostgresOptions postgres, Settings settings) =>
        services.AddSingleton(_ => new PostgresDatabase(postgres, $"id-generator {settings.IdSpace} worker {settings.Worker}"));

    /// <summary>The HTTP API over an <see cref="IIdSource"/>: this worker's own, unless another is registered.</summary>
    /// <param name="builder">Of the host.</param>
    /// <param name="settings">As they were read.</param>
    /// <param name="early">Sockets that listen already.</param>
    public static void AddGateway(this WebApplicationBuilder builder, Settings settings, EarlySockets? early = null)
    {
        var services = builder.Services;
        services.TryAddSingleton<IIdSource>(provider => provider.GetRequiredService<WorkerIdSource>());
        services.AddSingleton(new BulkGate(settings.MaxBulkRequests));
        services.AddSingleton<IInstruments, BulkMetrics>();
        services.AddSingleton<Health>();
        services.AddSingleton<MatcherPolicy, BrowsersOnly>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<DrainService>(provider, settings.Drain));
        services.Configure<HostOptions>(host => host.ShutdownTimeout = settings.Drain + StopBudget.Requests);
        services.Configure<SocketTransportOptions>(sockets => sockets.IOQueueCount = settings.Workers);
        if (early is not null)
            services.AddSingleton(early).Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = early.Take);
        services.AddTransport(settings.Connections);
        if (settings.FastPath) services.AddFastPath(settings.Workers);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, settings));
    }

    private static void Configure(KestrelServerOptions kestrel, Settings settings)
    {
        kestrel.AddServerHeader = false;
        // A target that names a host is about that one, whatever the header says (RFC 9112, section 3.2.2).
        kestrel.AllowHostHeaderOverride = true;
        kestrel.Limits.MaxRequestBodySize = UnreadBodies.MostSkipped;
        // Else every connection would go on holding the headers of its last request.
        kestrel.DisableStringReuse = true;
        // A client sends its few headers in one go; what takes longer is made to take long.
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Any one answer has ten seconds. The rate is for many that nobody reads: the kernel takes several MiB of them off our
        // hands, and at Kestrel's 240 bytes/s they would pay for hours. Bulks have a limit of their own.
        kestrel.Limits.MinResponseDataRate = new(bytesPerSecond: 1 << 20, gracePeriod: TimeSpan.FromSeconds(10));
        foreach (var address in settings.Addresses)
            kestrel.Listen(address, settings.Port, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
