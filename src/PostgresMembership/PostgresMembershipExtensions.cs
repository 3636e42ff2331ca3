using IdGenerator.Membership;
using IdGenerator.PostgresLeases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

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
    public static IServiceCollection AddPostgresMembership(this IServiceCollection services, string space)
    {
        services.TryAddSingleton(TimeProvider.System);
        // A silo says that it is alive with each renewal of its lease, which may be as rare as once in 20 minutes; SiloLeases says it every
        // 30 s then. The same limit as in Kubernetes.
        services.Configure<ClusterMembershipOptions>(membership => membership.NumMissedTableIAmAliveLimit = 5);
        return services.AddSingleton<IMembershipTable>(provider =>
        {
            var database = provider.GetRequiredService<PostgresDatabase>();
            var leases = Leases(provider);
            return new MembershipTable(
                Store(provider, database),
                leases,
                leases is null ? null : new PostgresAliveTimes(database, space),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MembershipTable>>());
        });
    }

    /// <summary>
    /// For a client: <code>builder.UseOrleansClient(client => client.UsePostgresGatewayList("Host=db;Database=ids;Username=reader"))</code>
    /// <see cref="GatewayOptions.GatewayListRefreshPeriod"/> is how often it looks. Its role needs SELECT on the table alone.
    /// </summary>
    public static IClientBuilder UsePostgresGatewayList(this IClientBuilder client, string connectionString)
    {
        client.Services.TryAddSingleton(_ => new PostgresDatabase(
            new(connectionString, PasswordFile: null), "id-generator client"));
        client.Services.AddSingleton<IGatewayListProvider>(provider => new GatewayListProvider(
            Store(provider, provider.GetRequiredService<PostgresDatabase>()), provider.GetRequiredService<IOptions<GatewayOptions>>()));
        return client;
    }

    /// <summary>Null where the leases of the workers are in another store.</summary>
    private static SiloLeases? Leases(IServiceProvider provider)
    {
        if (provider.GetService<PostgresLeaseStore>() is not { } own) return null;
        var self = provider.GetRequiredService<ILocalSiloDetails>();
        return new(own, self.SiloAddress.ToParsableString(), self.Name);
    }

    private static PostgresMembershipStore Store(IServiceProvider provider, PostgresDatabase database) =>
        new(database, provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId);
}
