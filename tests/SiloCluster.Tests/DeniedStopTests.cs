using System.Diagnostics;
using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>
/// Helm removes role and service account before it tells the pods to stop. A silo that tried to say that it leaves until it may again
/// would be killed.
/// </summary>
[Collection(ApiServerCollection.Name)]
public sealed class DeniedStopTests(ControlPlane cluster)
{
    [ApiServerTheory]
    [InlineData("rolebinding")]
    [InlineData("serviceaccount")]
    public async Task A_silo_that_may_not_say_that_it_leaves_stops_soon(string deleted)
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var silo = (await silos.StartJoinedAsync(1)).Single().Process;
        await cluster.KubectlAsync("delete", deleted, account.Name, "-n", account.Namespace);
        // The API server takes a token that it has seen for good for ten seconds more.
        while (!silo.Output.Contains("the lease was not renewed", StringComparison.Ordinal)) await Task.Delay(50);

        var waited = Stopwatch.StartNew();
        silo.Terminate();

        Assert.Equal(0, await silo.ExitAsync());
        // Four attempts are denied, those to give the lease back too.
        Assert.InRange(waited.Elapsed.TotalSeconds, SiloPods.DrainSeconds, SiloPods.DrainSeconds + 10);
        Assert.Contains("The silo cannot say that it leaves its cluster", silo.Output, StringComparison.Ordinal);
    }

    [FullApiServerFact]
    public async Task A_silo_whose_api_server_is_gone_ends_when_the_time_of_a_stop_is_over()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var silo = (await silos.StartJoinedAsync(1)).Single().Process;
        cluster.StopApiServer();
        try
        {
            var waited = Stopwatch.StartNew();
            silo.Terminate();

            Assert.Equal(0, await silo.ExitAsync(TimeSpan.FromMinutes(2)));
            // 35 s for requests and to leave, 5 s for the lease.
            Assert.InRange(waited.Elapsed.TotalSeconds, SiloPods.DrainSeconds, SiloPods.DrainSeconds + 35 + 5 + 5);
            Assert.Contains("The silo could not say in time that it leaves its cluster", silo.Output, StringComparison.Ordinal);
        }
        finally
        {
            await cluster.StartApiServerAsync();
        }
    }
}
