using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;

namespace IdGenerator.Client;

/// <summary>
/// An Orleans client of the client's own, in a container of its own: the service may be a silo or an Orleans client of another cluster, and
/// does not notice. It connects in the background, for as long as it takes, so that no service waits at its start for another one.
/// </summary>
internal sealed partial class ClusterConnection : IDisposable, IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _starting;
    private int _isDisposed;

    /// <param name="options">Of the client.</param>
    /// <param name="findSilos">Sets up how silos are found; null for the <see cref="IdGeneratorClientOptions.Gateways"/>.</param>
    /// <param name="services">Of the service: its log is the connection's.</param>
    public ClusterConnection(IdGeneratorClientOptions options, Action<IServiceProvider, IClientBuilder>? findSilos, IServiceProvider services)
    {
        _logger = services.GetRequiredService<ILogger<IdGeneratorClient>>();
        var inner = new ServiceCollection();
        inner.AddLogging();
        // As an instance, so that it is not disposed with the connection.
        inner.AddSingleton(services.GetRequiredService<ILoggerFactory>());
        inner.AddOrleansClient(client =>
        {
            client.UseConnectionRetryFilter<RetryEverySecond>();
            client.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("id-generator", options.ClusterId));
            // How soon a silo that is gone is not tried any more, and a new one is: Orleans' own minute is long.
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = TimeSpan.FromSeconds(10));
            if (findSilos is not null) findSilos(services, client);
            else client.Services.AddSingleton<IGatewayListProvider>(new NamedGateways(options.Gateways is { Count: > 0 } set ? [.. set] : ["localhost:30000"]));
        });
        _services = inner.BuildServiceProvider();
        Grains = _services.GetRequiredService<IGrainFactory>();
        _starting = Task.Run(StartAsync);
    }

    /// <summary>Can be called at any time; before the cluster is found, calls fail.</summary>
    public IGrainFactory Grains { get; }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _starting.ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartAsync()
    {
        try
        {
            foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Disposed before the cluster was found; anything else is a setting that is wrong, and no attempt will change it.
            if (!_stop.IsCancellationRequested) LogFailed(e);
        }
    }

    [LoggerMessage(5, LogLevel.Error, "There will be no IDs: the connection to the cluster cannot be set up.")]
    private partial void LogFailed(Exception exception);
}
