using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Configuration;
using IdGenerator.Http.Connections;
using IdGenerator.Kubernetes;
using IdGenerator.PostgresLeases;

namespace IdGenerator.Silo;

/// <summary>What a silo needs beyond what a gateway does.</summary>
internal sealed record SiloSettings
{
    /// <summary>258 descriptors were seen at rest; the others are for connections to and from other silos, to the API server, and
    /// from Orleans clients. In 512 MiB 167 MiB were seen after a while, and 230 under assaults; in a pod of 256 MiB the container took
    /// 178 MiB under assaults at most. The rest is for Orleans clients.</summary>
    public static readonly OwnNeeds Own = new(320 + 128 + ClientConnections.Most, (103L + 16) << 20, Garbage: 1.0 / 4);

    /// <summary>Where silos find each other: <c>localhost</c>, <c>kubernetes</c> or <c>postgres</c>.</summary>
    public required string Clustering { get; init; }

    /// <summary>Null where silos do not find each other there.</summary>
    public required KubernetesSettings? Kubernetes { get; init; }

    /// <summary>Null where silos do not find each other there.</summary>
    public required PostgresOptions? Postgres { get; init; }

    /// <summary>Where other silos and clients reach this one.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>
    /// Where this silo listens for them: on all addresses of the family of its own, because a pod of an IPv6 cluster is
    /// reached by IPv6 alone; on a host that others cannot reach, at that address alone.
    /// </summary>
    public IPAddress ListenAddress =>
        IPAddress.IsLoopback(Address) ? Address
        : Address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any
        : IPAddress.Any;

    public required int SiloPort { get; init; }

    public required int GatewayPort { get; init; }

    /// <summary>Of a cluster on this host: the port of the silo that keeps its membership.</summary>
    public required int PrimaryPort { get; init; }

    /// <summary>A port of the loopback interface for the Orleans dashboard; 0 for none.</summary>
    public required int DashboardPort { get; init; }

    /// <summary>What a silo listens on beside the HTTP API.</summary>
    public IEnumerable<ListenPort> Ports
    {
        get
        {
            yield return new("SILO_PORT", SiloPort, [ListenAddress]);
            yield return new("GATEWAY_PORT", GatewayPort, [ListenAddress]);
            if (DashboardPort > 0) yield return new("DASHBOARD_PORT", DashboardPort, [IPAddress.Loopback]);
        }
    }

    public static SiloSettings Read(SettingsReader reader, Settings settings)
    {
        var clustering = reader.Choice("CLUSTERING", settings.LeaseStore switch
        {
            "postgres" => ["postgres", "localhost", "kubernetes"],
            _ when InClusterConfig.IsPresent(reader.Text) => ["kubernetes", "localhost", "postgres"],
            _ => ["localhost", "kubernetes", "postgres"],
        });
        var postgres = clustering != "postgres" ? null
            : settings.LeaseStore == "postgres" ? settings.Postgres : PostgresSettings.Read(reader);
        var siloPort = reader.Number("SILO_PORT", 11_111, 1, 65_535);
        return new()
        {
            Clustering = clustering,
            Kubernetes = clustering == "kubernetes" ? settings.Kubernetes ?? KubernetesSettings.Read(reader) : null,
            Postgres = postgres,
            Address = clustering switch
            {
                "kubernetes" => ReadPodAddress(reader),
                "postgres" => SiloAddresses.Read(reader, postgres),
                _ => IPAddress.Loopback,
            },
            SiloPort = siloPort,
            GatewayPort = reader.Number("GATEWAY_PORT", 30_000, 1, 65_535),
            PrimaryPort = reader.Number("PRIMARY_SILO_PORT", siloPort, 1, 65_535),
            DashboardPort = reader.Number("DASHBOARD_PORT", 0, 0, 65_535),
        };
    }

    private static IPAddress ReadPodAddress(SettingsReader reader)
    {
        if (IPAddress.TryParse(reader.Text("POD_IP"), out var address)) return address;
        reader.Faults.Add($"POD_IP is \"{reader.Text("POD_IP")}\"; allowed is the address of the pod (status.podIP).");
        return IPAddress.Loopback;
    }
}
