using IdGenerator.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.InProcess.Tests;

/// <summary>A service that makes its IDs itself.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly IHost _host;
    private Task? _stop;

    private Service(IHost host) => _host = host;

    public IIdGenerator Ids => _host.Services.GetRequiredService<IIdGenerator>();

    public IServiceProvider Services => _host.Services;

    /// <summary>Cancelled when the host is told to stop.</summary>
    public CancellationToken Stopping => _host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    public static Service Of(Action<InProcessIdGeneratorOptions> configure, TimeProvider? time = null, Action<IServiceCollection>? before = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        if (time is not null) builder.Services.AddSingleton(time);
        before?.Invoke(builder.Services);
        builder.Services.AddIdGenerator(configure);
        return new(builder.Build());
    }

    /// <summary>Worker 7, with its record in a store of the test's choosing.</summary>
    public static Service Over(ILeaseStore store, TimeProvider? time = null, Action<IServiceCollection>? before = null) =>
        Over(_ => store, options => options.WorkerId = 7, time, before);

    /// <summary>Workers in stores of the test's choosing, which all processes share.</summary>
    public static Service Over(
        Func<int, ILeaseStore> open, Action<InProcessIdGeneratorOptions> configure, TimeProvider? time = null, Action<IServiceCollection>? before = null)
    {
        var options = new InProcessIdGeneratorOptions();
        configure(options);
        var workers = options.WorkerIds is { } range ? WorkerRange.Parse(range)! : new(options.WorkerId!.Value, options.WorkerId.Value);
        // It is not used, and stands for one that containers share, should these tests run in one.
        configure += set => set.DataDirectory = Path.GetTempPath();
        return Of(configure, time, services =>
        {
            before?.Invoke(services);
            services.AddSingleton<Func<IWorkerPlaces>>(() => new SharedPlaces(
                workers, options.WorkerId is not null, open, client: null, time ?? TimeProvider.System, NullLogger<WorkerClaim>.Instance));
        });
    }

    public async Task<Service> StartAsync()
    {
        await _host.StartAsync().ConfigureAwait(false);
        return this;
    }

    /// <summary>Once, however often it is asked: a host would stop its services again.</summary>
    public Task StopAsync() => _stop ??= _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        // A stop that waits for a clock that stands still is a failure of one test, and must not hold up the others.
        await StopAsync().WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        _host.Dispose();
    }

    public int Worker() => new SnowflakeId(Ids.TryNext(out var id) ? id : throw new InvalidOperationException("There is no ID.")).Worker;
}
