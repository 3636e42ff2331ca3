namespace IdGenerator.Silo;

/// <summary>
/// Makes Orleans beside everything else that starts. Its hosted service stands on hundreds of others, which are made one after the other;
/// the worker ID is acquired and HTTP listens meanwhile.
/// </summary>
/// <param name="services">Of the host.</param>
/// <param name="orleans">The hosted service of Orleans.</param>
internal sealed class SiloInBackground(IServiceProvider services, Type orleans) : IHostedService
{
    /// <summary>It is internal to Orleans.</summary>
    private const string Name = "Orleans.Hosting.SiloHostedService";

    private Task<(IHostedService Silo, Task Start)>? _begun;

    /// <summary>Replaces the hosted service that Orleans has registered, in its place.</summary>
    public static void Replace(IServiceCollection services)
    {
        var registered = services.Single(
            service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.FullName == Name);
        services[services.IndexOf(registered)] = ServiceDescriptor.Singleton<IHostedService>(
            provider => new SiloInBackground(provider, registered.ImplementationType!));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _begun = BeginAsync(cancellationToken);
        var (_, start) = await _begun;
        await start;
    }

    /// <summary>
    /// A start that is given up does not wait until Orleans is made, and leaves nothing to stop. A stop never comes to Orleans before its start.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_begun is null) return;
        await ((Task)_begun).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_begun.IsCompletedSuccessfully) await _begun.Result.Silo.StopAsync(cancellationToken);
    }

    private async Task<(IHostedService Silo, Task Start)> BeginAsync(CancellationToken cancellation)
    {
        var silo = await Task.Run(() => (IHostedService)ActivatorUtilities.CreateInstance(services, orleans), CancellationToken.None)
            .WaitAsync(cancellation);
        cancellation.ThrowIfCancellationRequested();
        return (silo, silo.StartAsync(cancellation));
    }
}
