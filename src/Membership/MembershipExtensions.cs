using System.Reflection;
using IdGenerator.Leases;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace IdGenerator.Membership;

/// <summary>What each store of the membership registers in the same way.</summary>
public static class MembershipExtensions
{
    /// <summary>
    /// How many times of 30 s a silo may be silent before it counts as stale: 180 s. Orleans' own 3 are too few, because a lease may say as
    /// rarely as once a minute that its silo is alive, the table is read once a minute, and a store may answer from a copy of the times.
    /// </summary>
    private const int MissedAlive = 6;

    /// <summary>
    /// For so long a silo tries each step of joining, and so long after its start the others take it for dead where it still joins. Orleans' own five
    /// minutes are too few where a thousand join at once: whoever takes longer begins again, and makes the crowd last.
    /// </summary>
    private static readonly TimeSpan LongestJoin = TimeSpan.FromMinutes(15);

    /// <summary>For a silo.</summary>
    /// <param name="services">Of the silo.</param>
    /// <param name="store">Opens the table of the cluster whose ID it is given.</param>
    /// <param name="lease">The lease of this silo's worker; null where the leases are in another store.</param>
    /// <param name="alive">When silos said in their leases that they are alive.</param>
    public static IServiceCollection AddMembership(
        this IServiceCollection services,
        Func<IServiceProvider, string, IMembershipStore> store,
        Func<IServiceProvider, INotedLeaseStore?> lease,
        Func<IServiceProvider, SiloLeases, IAliveTimes> alive)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<ClusterMembershipOptions>(
            membership => (membership.NumMissedTableIAmAliveLimit, membership.MaxJoinAttemptTime) = (MissedAlive, LongestJoin));
        services.AddSingleton<IMembershipTable>(provider => provider.GetRequiredService<MembershipTable>());
        return services.AddSingleton(provider =>
        {
            var leases = lease(provider) is { } own ? Leases(provider, own) : null;
            return new MembershipTable(
                store(provider, ClusterOf(provider)),
                leases,
                leases is null ? null : alive(provider, leases),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MembershipTable>>(),
                provider.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default);
        });
    }

    /// <summary>For a client. <see cref="GatewayOptions.GatewayListRefreshPeriod"/> is how often it looks.</summary>
    /// <param name="client">The Orleans client.</param>
    /// <param name="store">Opens the table of the cluster whose ID it is given.</param>
    public static IClientBuilder UseGatewayList(this IClientBuilder client, Func<IServiceProvider, string, IMembershipStore> store)
    {
        client.Services.AddSingleton<IGatewayListProvider>(provider => new GatewayListProvider(
            store(provider, ClusterOf(provider)), provider.GetRequiredService<IOptions<GatewayOptions>>()));
        return client;
    }

    private static SiloLeases Leases(IServiceProvider provider, INotedLeaseStore own)
    {
        var silo = provider.GetRequiredService<ILocalSiloDetails>();
        return new(own, new()
        {
            Address = silo.SiloAddress.ToParsableString(),
            Name = silo.Name,
            Host = silo.DnsHostName,
            ProxyPort = silo.GatewayAddress?.Endpoint.Port ?? 0,
            Role = Assembly.GetEntryAssembly()?.GetName().Name,
        });
    }

    private static string ClusterOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId;
}
