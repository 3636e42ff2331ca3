using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;

namespace IdGenerator.Membership;

/// <summary>
/// The silos that take clients, out of the membership of the cluster, which it reads and never writes. No document is no silo: the cluster
/// has not started yet.
/// </summary>
public sealed class GatewayListProvider(IMembershipStore store, IOptions<GatewayOptions> options) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => options.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        var document = await store.ReadAsync(cached: true, cancellationToken);
        return [.. (document?.Rows.Values ?? [])
            .Where(row => row is { Status: nameof(SiloStatus.Active), ProxyPort: > 0 })
            .Select(Gateway)];
    }

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync();

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync();

    private static Uri Gateway(MembershipRow row)
    {
        var silo = SiloAddress.FromParsableString(row.Address);
        return SiloAddress.New(silo.Endpoint.Address, row.ProxyPort, silo.Generation).ToGatewayUri();
    }
}
