using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>The lease decides, the membership follows.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class MembershipTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task Nobody_waits_for_a_paused_silo_once_its_worker_id_is_taken_over()
    {
        await using var silos = new SiloPods(await cluster.CreateServiceAccountAsync(RoleRule.Silo));
        var pods = await silos.StartJoinedAsync(2);
        pods[1].Process.Pause();

        var waited = Stopwatch.StartNew();
        // Another worker that starts meanwhile joins when the paused silo's successor has come, because Orleans asks all active silos.
        var another = silos.Start(Pod.Of(2)).JoinedAsync();
        var successor = await silos.Start(Pod.Of(1, "other-1")).JoinedAsync();
        await another;

        // Reserved are 6 s, and a silo starts in two to four on a quiet machine. Who waits for the paused silo waits for a minute.
        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 40);
        Assert.NotEmpty(await successor.Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
        pods[1].Process.Resume();
        Assert.Equal(69, await pods[1].Process.ExitAsync());
        Assert.False(successor.HasExited);
    }

    [ApiServerFact]
    public async Task A_worker_serves_and_is_ready_while_its_silo_waits_for_a_paused_one_says_so_and_drains_when_it_is_told_to_stop()
    {
        await using var silos = new SiloPods(await cluster.CreateServiceAccountAsync(RoleRule.Silo));
        // Nobody else is there to declare it dead.
        var pods = await silos.StartJoinedAsync(1);
        pods[0].Process.Pause();

        var another = silos.Start(Pod.Of(1), ("Gateway__DrainSeconds", "6"));
        await another.AnswersAsync("/id", status => status == HttpStatusCode.OK);
        using (var ready = await another.Client.GetAsync(new Uri("/health/ready", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.NotEmpty(await another.Client.GetStringAsync(new Uri("/ids/10?workers=all", UriKind.Relative)));
        Assert.Contains(
            "\nid_generator_silo_joined{} 0\n",
            await another.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)),
            StringComparison.Ordinal);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!another.Output.Contains("has not joined its cluster within 10 s", StringComparison.Ordinal)) await Task.Delay(50, patience.Token);

        another.Terminate();
        for (var drain = Stopwatch.StartNew(); drain.Elapsed < TimeSpan.FromSeconds(5);)
            Assert.NotEmpty(await another.Client.GetStringAsync(new Uri("/ids/10", UriKind.Relative)));
        Assert.Equal(0, await another.ExitAsync());
    }

    [ApiServerFact]
    public async Task A_silo_takes_its_turn_to_leave_before_Orleans_writes_that_it_leaves()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var silo = (await silos.StartJoinedAsync(1))[0].Process;
        var joined = await VersionAsync();

        silo.Terminate();
        Assert.Equal(0, await silo.ExitAsync());

        // Orleans writes two: that it shuts down, and that it is dead.
        Assert.Equal(joined + 3, await VersionAsync());

        async Task<int> VersionAsync() => Regex
            .Matches(await cluster.KubectlAsync("get", "configmap", "ids-membership", "-n", account.Namespace, "-o", "jsonpath={.data}"), @"version\W+(\d+)")
            .Max(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [ApiServerFact]
    public async Task A_deleted_table_ends_no_silo_also_when_a_new_pod_starts_first_or_one_stops()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var pods = await silos.StartJoinedAsync(2);
        await DeleteAsync();

        var third = await silos.Start(Pod.Of(2)).JoinedAsync();
        await using (var client = await OrleansClient.StartAsync(pods[0].Pod))
            Assert.Equal("ids-1", (await client.Worker(1).DescribeAsync()).Holder);
        Assert.Equal(3, await ActiveAsync());

        await DeleteAsync();
        third.Terminate();
        Assert.Equal(0, await third.ExitAsync());
        Assert.Equal(2, await ActiveAsync());
        Assert.All(pods, pod => Assert.False(pod.Process.HasExited));
        Assert.Contains(
            "holderIdentity: null",
            await cluster.KubectlAsync("get", "lease", "ids-worker-2", "-n", account.Namespace, "-o", "jsonpath=holderIdentity: {.spec.holderIdentity}null"),
            StringComparison.Ordinal);

        Task DeleteAsync() => cluster.KubectlAsync("delete", "configmap", "ids-membership", "-n", account.Namespace);

        async Task<int> ActiveAsync()
        {
            var table = await cluster.KubectlAsync("get", "configmap", "ids-membership", "-n", account.Namespace, "-o", "jsonpath={.data}");
            return table.Split("Active").Length - 1;
        }
    }
}
