using IdGenerator;
using IdGenerator.Client;
using IdGenerator.PostgresMembership;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers <see cref="IIdGenerator"/> for services whose silos find each other through PostgreSQL.</summary>
public static class IdGeneratorPostgresClientExtensions
{
    /// <summary>What <c>ID_SPACE</c> is where nobody sets it.</summary>
    private const string DefaultSpace = "default";

    /// <summary>
    /// <see cref="IIdGenerator"/> over the silos that are in the table <c>id_generator_membership</c> under the ID space that
    /// <see cref="IdGeneratorClientOptions.ClusterId"/> names, which is <c>default</c> where nobody sets it. It connects when it is first used, in the
    /// background, and looks for silos every 10 seconds from then on; those that it knows serve it while the database is away.
    /// <see cref="IdGeneratorClientOptions.Gateways"/> are not used.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="database">Where the table is: at least <see cref="IdGeneratorPostgresOptions.ConnectionString"/>.</param>
    /// <param name="configure">Settings of the client.</param>
    public static IServiceCollection AddIdGeneratorPostgresClient(
        this IServiceCollection services, Action<IdGeneratorPostgresOptions> database, Action<IdGeneratorClientOptions>? configure = null)
    {
        services.AddOptionsWithValidateOnStart<IdGeneratorPostgresOptions, IdGeneratorPostgresOptionsValidator>().Configure(database);
        return services.AddIdGeneratorClient(
            options =>
            {
                options.ClusterId = DefaultSpace;
                configure?.Invoke(options);
            },
            UseMembership);
    }

    /// <param name="services">The services.</param>
    /// <param name="configuration">
    /// The section with the settings of the client, and a section <c>Postgres</c> with those of the database, such as
    /// <c>builder.Configuration.GetSection("IdGenerator")</c>.
    /// </param>
    /// <inheritdoc cref="AddIdGeneratorPostgresClient(IServiceCollection, Action{IdGeneratorPostgresOptions}, Action{IdGeneratorClientOptions}?)"/>
    public static IServiceCollection AddIdGeneratorPostgresClient(this IServiceCollection services, IConfiguration configuration) =>
        services.AddIdGeneratorPostgresClient(configuration.GetSection("Postgres").Bind, configuration.Bind);

    private static void UseMembership(IServiceProvider services, IClientBuilder client) => client.UsePostgresGatewayList(
        IdGeneratorPostgresOptionsValidator.Database(services.GetRequiredService<IOptions<IdGeneratorPostgresOptions>>().Value));
}
