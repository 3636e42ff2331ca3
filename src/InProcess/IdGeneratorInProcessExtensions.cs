using IdGenerator;
using IdGenerator.InProcess;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="IIdGenerator"/> for services that make their IDs themselves.</summary>
public static class IdGeneratorInProcessExtensions
{
    /// <summary>
    /// <see cref="IIdGenerator"/> that makes IDs in this process: <code>services.AddIdGenerator(options => options.WorkerId = 1)</code>
    /// <para>
    /// The worker ID is taken before any other service of the host starts, its lease is renewed each 15 seconds, and it is given back when all of them
    /// have stopped. No two processes of one ID space have the same worker ID, and whatever clocks, pauses and crashes do, no ID comes twice.
    /// </para>
    /// <para>
    /// The start of the host fails with an <see cref="InvalidOperationException"/> where another process has the worker ID, and waits for
    /// <see cref="InProcessIdGeneratorOptions.WaitAtStart"/> where it is not known yet. Calls throw <see cref="IdsUnavailableException"/> as long as there
    /// is none, and where the store was away for longer than is reserved, which is a minute; they wait for the next millisecond at most. Where the worker
    /// ID is lost for good, the host is stopped.
    /// </para>
    /// </summary>
    public static IServiceCollection AddIdGenerator(this IServiceCollection services, Action<InProcessIdGeneratorOptions> configure)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptionsWithValidateOnStart<InProcessIdGeneratorOptions, InProcessIdGeneratorOptionsValidator>().Configure(configure);
        // Opened by the lease, which closes it when the worker ID has been given back.
        services.TryAddSingleton<Func<IWorkerPlaces>>(provider => () => WorkerPlaces.Open(
            provider.GetRequiredService<IOptions<InProcessIdGeneratorOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.TryAddSingleton<InProcessInstruments>();
        services.TryAddSingleton<InProcessIdGenerator>();
        services.TryAddSingleton<IIdGenerator>(provider => provider.GetRequiredService<InProcessIdGenerator>());
        services.TryAddSingleton<InProcessLease>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, InProcessLease>(provider => provider.GetRequiredService<InProcessLease>()));
        return services;
    }

    /// <param name="services">The services.</param>
    /// <param name="configuration">The section with the settings, such as <c>builder.Configuration.GetSection("IdGenerator")</c>.</param>
    /// <inheritdoc cref="AddIdGenerator(IServiceCollection, Action{InProcessIdGeneratorOptions})"/>
    public static IServiceCollection AddIdGenerator(this IServiceCollection services, IConfiguration configuration) =>
        services.AddIdGenerator(options => configuration.Bind(options));
}
