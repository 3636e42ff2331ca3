using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orleans.Messaging;

namespace IdGenerator.Client;

/// <summary>Where silos take clients, as <c>host:port</c>.</summary>
internal static class GatewayAddress
{
    public static bool TryParse(string? text, out string host, out int port)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        host = colon < 1 ? "" : text![..colon].Trim('[', ']');
        port = 0;
        return host.Length > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port is >= 1 and <= 65_535;
    }
}

/// <summary>
/// Gateways by address or host name. A name that cannot be looked up now may be later, so it is passed over: Orleans asks again.
/// </summary>
internal sealed class NamedGateways(IReadOnlyCollection<string> gateways) : IGatewayListProvider
{
    public TimeSpan MaxStaleness => TimeSpan.FromSeconds(10);

    public bool IsUpdatable => true;

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken = default)
    {
        List<Uri> found = [];
        foreach (var gateway in gateways)
        {
            if (!GatewayAddress.TryParse(gateway, out var host, out var port)) continue;
            foreach (var address in await AddressesAsync(host, cancellationToken).ConfigureAwait(false))
                found.Add(SiloAddress.New(address, port, 0).ToGatewayUri());
        }

        return found;
    }

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync();

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync();

    private static async Task<IPAddress[]> AddressesAsync(string host, CancellationToken cancellation)
    {
        // A silo on this host listens on 127.0.0.1; the name may stand for ::1 as well.
        if (host == "localhost") return [IPAddress.Loopback];
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
