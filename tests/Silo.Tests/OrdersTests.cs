using System.Net;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>The sample, which people copy.</summary>
public sealed class OrdersTests
{
    [Fact]
    public async Task Listens_before_the_cluster_is_there_and_takes_orders_once_it_is()
    {
        int siloPort = FreePort.Next(), gatewayPort = FreePort.Next();
        await using var orders = await ServiceProcess.Start("Orders", ("GATEWAY_PORT", $"{gatewayPort}"))
            .AnswersAsync("/health/ready", status => status == HttpStatusCode.ServiceUnavailable);
        while (!orders.Output.Contains("it is tried again in a second. Unable to connect", StringComparison.Ordinal)) await Task.Delay(50);

        await using var silo = await ServiceProcess.Start(
            "Silo", ("WORKER_ID", "7"), ("LEASE_STORE", "memory"), ("SILO_PORT", $"{siloPort}"), ("GATEWAY_PORT", $"{gatewayPort}")).ReadyAsync();
        await orders.ReadyAsync();
        using var order = await orders.Client.PostAsync(new Uri("/orders/tea", UriKind.Relative), content: null);

        Assert.Equal(HttpStatusCode.Created, order.StatusCode);
    }

    [Fact]
    public async Task Ends_as_told_while_it_waits_for_the_cluster()
    {
        await using var orders = await ServiceProcess.Start("Orders", ("GATEWAY_PORT", $"{FreePort.Next()}"))
            .AnswersAsync("/health/live", status => status == HttpStatusCode.OK);

        orders.Terminate();

        Assert.Equal(0, await orders.ExitAsync());
    }
}
