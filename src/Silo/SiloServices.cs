using System.Net;
using IdGenerator.Grains;
using IdGenerator.Http.Configuration;
using IdGenerator.Http.Hosting;
using IdGenerator.Http.Observability;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using IdGenerator.PostgresMembership;
using IdGenerator.Snowflake;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace IdGenerator.Silo;

internal static class SiloServices
{
    private const string ServiceId = "id-generator";

    /// <summary>
    /// The silo of the worker ID, with the gateway beside its grain. Everything starts at once, so that the
    /// process can tell how it is while it waits for its lease, and serve while the silo waits for others; the silo joins when the lease is
    /// held, and leaves before the lease is released.
    /// </summary>
    public static void AddSilo(this WebApplicationBuilder builder, Settings settings, SiloSettings silo)
    {
        // Else the worker has registered it, for its lease.
        if (settings.Kubernetes is null && silo.Kubernetes is { } kubernetes)
            builder.Services.AddKubernetes(kubernetes, settings);
        if (settings.Postgres is null && silo.Postgres is { } postgres)
            builder.Services.AddPostgres(postgres, settings);
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddSingleton<IIdSource>(provider => provider.GetRequiredService<GrainIdSource>());
        builder.Services.AddSingleton<IWorkers>(provider => provider.GetRequiredService<ClusterWorkers>());
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, LeaseBeforeSilo>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, SlowJoin>();
        builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, TwinCheck>();
        builder.Logging.AddFilter("Orleans", LogLevel.Warning);
        var quietStart = new QuietStart();
        builder.Services.AddHostedService(_ => quietStart);
        builder.Logging.AddFilter(QuietStart.Watchdog, quietStart.Passes);
        // Orleans' retries, a line for each grain that is placed at the first attempt.
        builder.Logging.AddFilter("Polly", LogLevel.Warning);
        // It warns at every start that one heap is not several.
        builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // One line for each connection that ends with a broken message, or that another one of the same client follows, and
        // for each call that comes too late: as many as clients like. Troubles between silos have lines of their own.
        builder.Logging.AddFilter("Orleans.Runtime.Messaging.Connection", LogLevel.Critical);
        builder.Logging.AddFilter("Orleans.Runtime.Messaging.Gateway", LogLevel.Error);
        builder.Logging.AddFilter("Orleans.Messaging", LogLevel.Critical);
        var leasesAreShared = (settings.Kubernetes is not null && silo.Kubernetes is not null) || (settings.Postgres is not null && silo.Postgres is not null);
        builder.UseOrleans(orleans =>
        {
            Cluster(orleans, settings, silo);
            orleans.UseExclusivePorts();
            orleans.Configure<SiloOptions>(options => options.SiloName = WorkerSiloName.Format(settings.Worker));
            orleans.AddSnowflakeGrains(leasesAreShared);
            Bound(orleans);
            orleans.Services.AddSingleton<IFatalErrorHandler, FatalErrors>();
            orleans.AddActivityPropagation();
            if (silo.DashboardPort > 0) orleans.AddDashboard();
        });
        SiloInBackground.Replace(builder.Services);
        // Behind Orleans, because hosted services stop in the reverse order.
        if (silo.Clustering != "localhost") builder.Services.AddHostedService<TurnToLeave>().AddHostedService<LeaveOrEnd>();
        if (silo.DashboardPort > 0)
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(silo.DashboardPort));
    }

    /// <summary>
    /// The dashboard asks nobody who they are, so it listens on the loopback interface alone: in Kubernetes
    /// <c>kubectl port-forward</c> leads there, for those whom the cluster lets.
    /// </summary>
    public static void MapDashboard(this WebApplication app, SiloSettings silo)
    {
        if (silo.DashboardPort > 0) app.MapGroup("").RequireHost($"*:{silo.DashboardPort}").MapOrleansDashboard();
    }

    /// <summary>What clients of the grains may cost: any process that reaches the port may be one.</summary>
    private static void Bound(ISiloBuilder orleans)
    {
        orleans.Services.AddSingleton<ClientConnections>();
        orleans.Services.AddSingleton<IInstruments, SiloMetrics>();
        orleans.Services.AddOptions<SiloConnectionOptions>().Configure<ClientConnections>((options, clients) =>
            options.ConfigureGatewayInboundConnection(
                connections => connections.Use(next => connection => clients.RunAsync(connection, next))));
        // Orleans keeps a client that has gone, and answers to it, for a minute in case that it comes back.
        orleans.Configure<SiloMessagingOptions>(options => options.ClientDropTimeout = TimeSpan.FromSeconds(5));
        // Of memory alone: a busy processor slows down clients, it need not turn them away.
        orleans.Configure<LoadSheddingOptions>(options =>
            (options.LoadSheddingEnabled, options.CpuThreshold, options.MemoryThreshold) = (true, 100, 95));
    }

    private static void Cluster(ISiloBuilder orleans, Settings settings, SiloSettings silo)
    {
        if (silo.Clustering == "localhost")
        {
            orleans.UseLocalhostClustering(
                silo.SiloPort, silo.GatewayPort, new IPEndPoint(IPAddress.Loopback, silo.PrimaryPort), ServiceId, ServiceId);
            return;
        }

        orleans.Configure<EndpointOptions>(endpoints =>
        {
            (endpoints.AdvertisedIPAddress, endpoints.SiloPort, endpoints.GatewayPort) = (silo.Address, silo.SiloPort, silo.GatewayPort);
            endpoints.SiloListeningEndpoint = new(silo.ListenAddress, silo.SiloPort);
            endpoints.GatewayListeningEndpoint = new(silo.ListenAddress, silo.GatewayPort);
        });
        var cluster = silo.Kubernetes?.Release ?? settings.IdSpace;
        orleans.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (ServiceId, cluster));
        if (silo.Kubernetes is { } kubernetes)
        {
            // Where the leases are not in Kubernetes, nothing else has needed the client.
            orleans.Services.TryAddSingleton(provider =>
                ActivatorUtilities.CreateInstance<KubernetesClient>(provider, kubernetes.Config, kubernetes.Options));
            orleans.Services.AddKubernetesMembership(kubernetes.Release);
        }
        else orleans.Services.AddPostgresMembership(settings.IdSpace);
    }
}
