using System.Net;
using System.Net.Sockets;
using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class AddressFamilyTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task Silos_of_an_IPv6_cluster_reach_each_other()
    {
        Assert.True(Socket.OSSupportsIPv6, "this test needs a kernel with IPv6");
        await using var silos = new SiloPods(await cluster.CreateServiceAccountAsync(RoleRule.Silo));
        Pod[] pods = [Pod.Of(0), Pod.Of(1)];
        var started = pods.Select(pod => silos.Start(pod, ("POD_IP", "::1"))).ToList();

        await Task.WhenAll(started.Select(silo => silo.JoinedAsync()));

        // Through the one silo to the grain of the other.
        await using var client = await OrleansClient.StartAsync(new IPEndPoint(IPAddress.IPv6Loopback, pods[0].GatewayPort));
        Assert.Equal("ids-0", (await client.Worker(0).DescribeAsync()).Holder);
        Assert.Equal("ids-1", (await client.Worker(1).DescribeAsync()).Holder);
    }
}
