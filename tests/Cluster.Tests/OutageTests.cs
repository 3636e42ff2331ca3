using System.Net;
using IdGenerator.ApiServer;
using IdGenerator.Testing;

namespace IdGenerator.Cluster.Tests;

/// <summary>What a process does while its API server is away. Each test has a server of its own, and waits most of the time.</summary>
public sealed class OutageTests
{
    [ApiServerFact]
    public async Task Without_an_api_server_issuing_goes_on_for_what_is_reserved_then_stops_and_comes_back_by_itself()
    {
        await using var cluster = new ControlPlane();
        await cluster.InitializeAsync();
        await using var pods = new Pods(await cluster.CreateServiceAccountAsync());
        var service = await pods.Start(1, "ids-1").ReadyAsync();
        await using var client = new HttpLoad(service);

        cluster.StopApiServer();
        var stopped = DateTimeOffset.UtcNow;
        await service.AnswersAsync("/health/ready", status => status == HttpStatusCode.ServiceUnavailable);
        using (var live = await service.Client.GetAsync(new Uri("/health/live", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using (var refused = await service.Client.GetAsync(new Uri("/id", UriKind.Relative)))
        {
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Contains("lease store", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await cluster.StartApiServerAsync();
        var back = DateTimeOffset.UtcNow;
        await service.ReadyAsync();
        Assert.InRange((DateTimeOffset.UtcNow - back).TotalSeconds, 0, 5);
        await client.StopAsync();

        var firstRefusal = client.Answers.First(answer => answer.Status != HttpStatusCode.OK).At;
        Assert.InRange(
            (firstRefusal - stopped).TotalSeconds, Pods.ReserveSeconds - Pods.RenewSeconds - 1, Pods.ReserveSeconds + 1);
        Assert.Equal(client.Ids.Count, client.Ids.Distinct().Count());
    }

    [FullApiServerFact]
    public async Task With_the_default_settings_an_outage_of_30_s_fails_no_request_and_one_of_a_minute_stops_when_it_must()
    {
        await using var cluster = new ControlPlane();
        await cluster.InitializeAsync();
        await using var pods = new Pods(await cluster.CreateServiceAccountAsync());
        var service = await pods.Start(1, "ids-1", ("Lease__ReserveSeconds", "60"), ("Lease__RenewSeconds", "15")).ReadyAsync();
        await using var client = new HttpLoad(service);

        cluster.StopApiServer();
        await Task.Delay(TimeSpan.FromSeconds(30));
        await cluster.StartApiServerAsync();
        var isBack = await HeadroomAsync(service, atLeast: 50);
        Assert.DoesNotContain(client.Answers.ToList(), answer => answer.Status != HttpStatusCode.OK);

        var headroom = TimeSpan.FromSeconds(isBack);
        var stopped = DateTimeOffset.UtcNow;
        cluster.StopApiServer();
        await service.AnswersAsync(
            "/health/ready", status => status == HttpStatusCode.ServiceUnavailable, headroom + TimeSpan.FromSeconds(10));
        await cluster.StartApiServerAsync();
        var back = DateTimeOffset.UtcNow;
        await service.ReadyAsync();
        Assert.InRange((DateTimeOffset.UtcNow - back).TotalSeconds, 0, 5);
        await client.StopAsync();

        var firstRefusal = client.Answers.First(answer => answer.Status != HttpStatusCode.OK).At;
        Assert.InRange((firstRefusal - stopped - headroom).TotalSeconds, -1, 1);
    }

    /// <summary>Waits until so many seconds of timestamps are reserved.</summary>
    private static async Task<double> HeadroomAsync(ServiceProcess service, double atLeast)
    {
        const string Name = "id_generator_lease_headroom_seconds{} ";
        while (true)
        {
            var metrics = await service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
            var line = metrics.Split('\n').Single(line => line.StartsWith(Name, StringComparison.Ordinal));
            var headroom = double.Parse(line[Name.Length..]);
            if (headroom >= atLeast) return headroom;
            await Task.Delay(100);
        }
    }
}
