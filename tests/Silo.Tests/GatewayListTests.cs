using IdGenerator.Membership;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace IdGenerator.Silo.Tests;

public sealed class GatewayListTests
{
    [Fact]
    public async Task Lists_active_silos_that_take_clients_at_their_port_for_clients()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = server.Client();
        var tables = KubernetesTables.In(client);
        var provider = new GatewayListProvider(tables.Store, Options.Create(new GatewayOptions()));
        Assert.Empty(await provider.GetGatewaysAsync());

        var table = await tables.StartAsync();
        var closed = Silos.Number(1, SiloStatus.Active);
        closed.ProxyPort = 0;
        var six = Silos.At("fd00::6", 5);
        six.Status = SiloStatus.Active;
        await table.JoinAsync(closed);
        await table.JoinAsync(six);
        await table.JoinAsync(Silos.Number(2));
        await table.JoinAsync(Silos.Number(3, SiloStatus.Dead));
        await table.JoinAsync(Silos.Number(4, SiloStatus.Active));

        var gateways = await provider.GetGatewaysAsync();
        Assert.Equal(
            ["gwy.tcp://10.244.0.4:30000/217000004", "gwy.tcp://[fd00::6]:30000/5"],
            gateways.Select(gateway => $"{gateway}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Is_as_stale_as_the_options_allow()
    {
        var options = Options.Create(new GatewayOptions { GatewayListRefreshPeriod = TimeSpan.FromSeconds(7) });
        Assert.Equal(TimeSpan.FromSeconds(7), new GatewayListProvider(store: null!, options).MaxStaleness);
    }
}
