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
        await using var orders = await ServiceProcess.Start("Orders", ("IdGenerator__Gateways__0", $"localhost:{gatewayPort}"))
            .AnswersAsync("/health/ready", status => status == HttpStatusCode.ServiceUnavailable);
        while (!orders.Output.Contains("it is tried again in a second. Unable to connect", StringComparison.Ordinal)) await Task.Delay(50);

        await using var silo = await ServiceProcess.Start(
            "Silo", ("WORKER_ID", "7"), ("LEASE_STORE", "memory"), ("SILO_PORT", $"{siloPort}"), ("GATEWAY_PORT", $"{gatewayPort}")).ReadyAsync();
        await orders.ReadyAsync();
        // prometheus-net listens from the first scrape on: a histogram has nothing of what was before.
        await SeriesAsync(orders);
        for (var i = 0; i < 5; i++)
        {
            using var order = await orders.Client.PostAsync(new Uri("/orders/tea", UriKind.Relative), content: null);
            Assert.Equal(HttpStatusCode.Created, order.StatusCode);
        }

        Assert.Equal(
            [
                "idgenerator_client_id_generator_client_fetch_duration histogram",
                "idgenerator_client_id_generator_client_ids gauge",
                "idgenerator_client_id_generator_client_ids_expired gauge",
                "idgenerator_client_id_generator_client_waiters gauge",
            ],
            await SeriesAsync(orders));
    }

    /// <summary>Name and type of what arrives of the client's meter in a service that has its metrics from prometheus-net.</summary>
    private static async Task<IEnumerable<string>> SeriesAsync(ServiceProcess orders)
    {
        var metrics = await orders.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return metrics.Split('\n')
            .Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal) && line.Contains("id_generator_client", StringComparison.Ordinal))
            .Select(line => line["# TYPE ".Length..])
            .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Ends_as_told_while_it_waits_for_the_cluster()
    {
        await using var orders = await ServiceProcess.Start("Orders", ("IdGenerator__Gateways__0", $"localhost:{FreePort.Next()}"))
            .AnswersAsync("/health/live", status => status == HttpStatusCode.OK);

        orders.Terminate();

        Assert.Equal(0, await orders.ExitAsync());
    }
}
