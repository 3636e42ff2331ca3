using System.Net;
using IdGenerator.ApiServer;
using IdGenerator.Client;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>Another service, that calls the grains and uses the client library.</summary>
internal sealed class OrleansClient : IAsyncDisposable
{
    private readonly IHost _host;

    private OrleansClient(IHost host) => _host = host;

    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    public IIdGenerator Ids => _host.Services.GetRequiredService<IIdGenerator>();

    public ISnowflakeGrain Worker(int worker) => Grains.GetGrain<ISnowflakeGrain>(worker);

    /// <summary>It finds the silos through the API server.</summary>
    public static Task<OrleansClient> StartAsync(ServiceAccount account) => StartAsync(client =>
    {
        var config = KubernetesConfig.Load(name => account.Environment.GetValueOrDefault(name));
        client.Services.AddSingleton(services =>
            ActivatorUtilities.CreateInstance<KubernetesClient>(services, config, new KubernetesOptions()));
        client.UseKubernetesGatewayList(SiloPods.Release);
    });

    /// <summary>It knows one silo and calls all grains through that.</summary>
    public static Task<OrleansClient> StartAsync(Pod gateway) => StartAsync(new IPEndPoint(IPAddress.Loopback, gateway.GatewayPort));

    /// <inheritdoc cref="StartAsync(Pod)"/>
    public static Task<OrleansClient> StartAsync(IPEndPoint gateway) => StartAsync(client => client.UseStaticClustering(gateway));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static async Task<OrleansClient> StartAsync(Action<IClientBuilder> findSilos)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(cluster =>
                (cluster.ServiceId, cluster.ClusterId) = ("id-generator", SiloPods.Release));
            findSilos(client);
        });
        builder.Services.AddIdGeneratorClientOverOrleans();
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }
}
