using IdGenerator.Membership;
using IdGenerator.PostgresLeases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;

namespace IdGenerator.PostgresMembership;

/// <summary>
/// Silos find each other, and clients find silos, in the table <c>id_generator_membership</c>, by the cluster that <see cref="ClusterOptions"/> name.
/// </summary>
public static class PostgresMembershipExtensions
{
    /// <summary>
    /// For a silo. Needs a <see cref="PostgresDatabase"/> among the services, and where the leases are in it too, the
    /// <see cref="PostgresLeaseStore"/> of its worker.
    /// </summary>
    /// <param name="services">Of the silo.</param>
    /// <param name="space">The ID space of the leases.</param>
    public static IServiceCollection AddPostgresMembership(this IServiceCollection services, string space) => services.AddMembership(
        Store,
        provider => provider.GetService<PostgresLeaseStore>(),
        (provider, _) => new PostgresAliveTimes(provider.GetRequiredService<PostgresDatabase>(), space));

    /// <summary>
    /// For a client: <code>builder.UseOrleansClient(client => client.UsePostgresGatewayList(new("Host=db;Database=ids;Username=reader", PasswordFile: null)))</code>
    /// Its role needs SELECT on the table alone.
    /// </summary>
    /// <param name="client">The Orleans client.</param>
    /// <param name="options">Where the database is; without faults.</param>
    public static IClientBuilder UsePostgresGatewayList(this IClientBuilder client, PostgresOptions options)
    {
        client.Services.TryAddSingleton(_ => new PostgresDatabase(options, "id-generator client"));
        return client.UseGatewayList(Store);
    }

    private static PostgresMembershipStore Store(IServiceProvider provider, string cluster) =>
        new(provider.GetRequiredService<PostgresDatabase>(), cluster);
}
