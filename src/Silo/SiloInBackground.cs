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

    private Task<IHostedService>? _silo;

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
        _silo = Task.Run(() => (IHostedService)ActivatorUtilities.CreateInstance(services, orleans), CancellationToken.None);
        var silo = await _silo;
        await silo.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_silo is null || _silo.IsFaulted) return;
        var silo = await _silo;
        await silo.StopAsync(cancellationToken);
    }
}
