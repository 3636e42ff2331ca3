using System.Net;
using System.Net.Sockets;
using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>A silo may hold its worker ID, and serve, when the rest of its start fails: its next start does not wait for that.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class FailedStartTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_silo_that_may_not_use_the_membership_says_so_and_gives_its_worker_id_back()
    {
        var account = await cluster.CreateServiceAccountAsync([.. RoleRule.Silo.Where(rule => rule.Resource != "configmaps")]);
        await using var silos = new SiloPods(account);

        var silo = silos.Start(Pod.Of(4));

        Assert.Equal(70, await silo.ExitAsync());
        Assert.Contains("Worker ID 4 is held", silo.Output, StringComparison.Ordinal);
        Assert.Contains("The start failed: ", silo.Errors, StringComparison.Ordinal);
        Assert.Contains("ids-membership", silo.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", silo.Errors, StringComparison.Ordinal);
        Assert.Equal("", await HolderAsync(account, 4));
    }

    [ApiServerFact]
    public async Task A_silo_whose_start_has_failed_is_not_ready_while_it_drains()
    {
        var account = await cluster.CreateServiceAccountAsync([.. RoleRule.Silo.Where(rule => rule.Resource != "configmaps")]);
        await using var silos = new SiloPods(account);
        var silo = await silos.Start(Pod.Of(4), ("Gateway__DrainSeconds", "5")).ReadyAsync();

        await silo.AnswersAsync("/health/ready", status => status == HttpStatusCode.ServiceUnavailable);

        using (var answer = await silo.Client.GetAsync(new Uri("/id", UriKind.Relative)))
            Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.ConnectionClose));
        Assert.Equal(70, await silo.ExitAsync());
    }

    [ApiServerFact]
    public async Task A_port_that_is_taken_while_a_silo_waits_for_its_worker_id_is_the_only_one_that_is_named()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var former = await silos.Start(Pod.Of(4, "former-4")).JoinedAsync();
        await former.CrashAsync();
        var pod = Pod.Of(4);
        var silo = silos.Start(pod);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!silo.Output.Contains("Watching", StringComparison.Ordinal)) await Task.Delay(20, patience.Token);

        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        other.Bind(new IPEndPoint(IPAddress.Any, pod.SiloPort));
        other.Listen();

        Assert.Equal(78, await silo.ExitAsync());
        Assert.Equal($"SILO_PORT is {pod.SiloPort}, which is in use by another process; allowed is a free port.", silo.Errors.Trim());
        Assert.Equal("", await HolderAsync(account, 4));
    }

    private Task<string> HolderAsync(ServiceAccount account, int worker) => cluster.KubectlAsync(
        "get", "lease", $"ids-worker-{worker}", "-n", account.Namespace, "-o", "jsonpath={.spec.holderIdentity}");
}
