using System.Net;
using IdGenerator.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace IdGenerator.Hostile.ClientPort;

/// <summary>An Orleans client of one silo, with the worker grain of that silo.</summary>
internal sealed class Caller : IAsyncDisposable
{
    private const string Cluster = "id-generator";

    private readonly IHost _host;

    private Caller(IHost host) => (_host, Worker) = (host, host.Services.GetRequiredService<IGrainFactory>().GetGrain<ISnowflakeGrain>(1));

    public ISnowflakeGrain Worker { get; }

    public static async Task<Caller> StartAsync(IPEndPoint silo)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleansClient(client => client
            .UseStaticClustering(silo)
            .Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (Cluster, Cluster)));
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        // A client whose connection is stuck takes as long as it is given to say goodbye.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _host.StopAsync(patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or AggregateException)
        {
        }

        _host.Dispose();
    }
}
