using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Http.Configuration;

/// <summary>The addresses of the host at which the HTTP API listens: <c>LISTEN_ADDRESS</c>.</summary>
public static class ListenAddresses
{
    public const string Setting = "LISTEN_ADDRESS";

    /// <summary>
    /// Reads the setting. The settings that do the same in other ASP.NET Core services are refused instead of ignored: whoever
    /// asks for the loopback interface alone must not get all addresses.
    /// </summary>
    public static IReadOnlyList<IPAddress> Read(SettingsReader reader)
    {
        const string instead = $"{Setting} and PORT";
        reader.Refuse("ASPNETCORE_URLS", "urls", instead);
        reader.Refuse("Kestrel:Endpoints", "Kestrel:Endpoints", instead);
        var text = reader.Text(Setting);
        if (Parse(text) is { } addresses) return addresses;
        reader.Faults.Add($"{Setting} is \"{text}\"; allowed are IP addresses of this host, separated by commas.");
        return [];
    }

    /// <param name="text">IP addresses, separated by commas; null for all addresses of the host.</param>
    /// <returns>Null where the text is something else.</returns>
    public static IReadOnlyList<IPAddress>? Parse(string? text)
    {
        // A socket of the IPv6 wildcard serves IPv4 too, if it is told to; a kernel without IPv6 has only the other wildcard.
        if (text is null) return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        var addresses = new List<IPAddress>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!IPAddress.TryParse(part, out var address)) return null;
            addresses.Add(address);
        }

        return addresses;
    }

    /// <summary>
    /// The addresses at which a process of the same host reaches one that listens at <paramref name="address"/>. Where that is all
    /// addresses of both families, the host may have a loopback address of one of them only.
    /// </summary>
    public static IReadOnlyList<IPAddress> FromHere(IPAddress address) =>
        address.Equals(IPAddress.IPv6Any) ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : address.Equals(IPAddress.Any) ? [IPAddress.Loopback]
        : [address];
}
