using System.Net;
using IdGenerator.ApiServer;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>A worker ID is of one live silo.</summary>
[Collection(ApiServerCollection.Name)]
public sealed class RefusalTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_silo_with_a_taken_worker_id_ends_with_69_and_names_the_holder_which_goes_on()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var pods = await silos.StartJoinedAsync(3);

        var fourth = silos.Start(Pod.Of(1, "other-1"));

        Assert.Equal(69, await fourth.ExitAsync());
        Assert.Contains("Worker ID 1 is held by ids-1, since", fourth.Errors, StringComparison.Ordinal);
        await using var client = await OrleansClient.StartAsync(pods[0].Pod);
        Assert.Equal("ids-1", (await client.Worker(1).DescribeAsync()).Holder);
        Assert.NotEmpty(await pods[1].Process.Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
        var lease = await cluster.KubectlAsync("get", "lease", "ids-worker-1", "-n", account.Namespace, "-o", "yaml");
        Assert.Contains("leaseTransitions: 1", lease, StringComparison.Ordinal);
    }

    [ApiServerFact]
    public async Task Where_leases_cannot_tell_the_cluster_does_that_a_silo_of_the_worker_id_is_alive()
    {
        var account = await cluster.CreateServiceAccountAsync(RoleRule.Silo);
        await using var silos = new SiloPods(account);
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            // As on two hosts: each process is in an ID space of its own.
            var first = await silos.Start(Pod.Of(5, "first-5"), FileStore("first")).JoinedAsync();

            var second = silos.Start(Pod.Of(5, "second-5"), FileStore("second"));

            Assert.Equal(69, await second.ExitAsync());
            Assert.Contains("Worker ID 5 is held by the live silo", second.Errors, StringComparison.Ordinal);
            Assert.NotEmpty(await first.Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        (string, string)[] FileStore(string name) =>
            [("LEASE_STORE", "file"), ("DATA_DIR", Path.Combine(directory.FullName, name))];
    }

    [ApiServerFact]
    public async Task Where_leases_cannot_tell_nothing_is_served_before_the_silo_has_joined()
    {
        await using var silos = new SiloPods(await cluster.CreateServiceAccountAsync(RoleRule.Silo));
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var paused = (await silos.StartJoinedAsync(1))[0].Process;
            paused.Pause();
            // A twin in another store may wait for the same silo.
            var waiting = silos.Start(Pod.Of(1), ("LEASE_STORE", "file"), ("DATA_DIR", directory.FullName));
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
            while (!waiting.Output.Contains("Failed to get ping responses", StringComparison.Ordinal)) await Task.Delay(50, patience.Token);

            using (var answer = await waiting.Client.GetAsync(new Uri("/id", UriKind.Relative)))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.Contains("Starting", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            paused.Resume();
            await waiting.AnswersAsync("/id", status => status == HttpStatusCode.OK);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
