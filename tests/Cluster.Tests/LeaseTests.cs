using System.Diagnostics;
using System.Net;
using IdGenerator.ApiServer;
using IdGenerator.Testing;

namespace IdGenerator.Cluster.Tests;

/// <summary>What keeps worker IDs apart, seen from outside: real processes, a real API server.</summary>
public sealed class LeaseTests(ControlPlane cluster) : IClassFixture<ControlPlane>
{
    [ApiServerFact]
    public async Task Ten_that_start_at_once_hold_ten_leases_and_an_eleventh_with_a_taken_id_ends_with_69()
    {
        var account = await cluster.CreateServiceAccountAsync();
        await using var pods = new Pods(account);
        var ten = Enumerable.Range(0, 10).Select(worker => pods.Start(worker, $"ids-{worker}")).ToList();
        await Task.WhenAll(ten.Select(service => service.ReadyAsync()));

        var leases = await cluster.KubectlAsync("get", "leases", "-n", account.Namespace);
        Assert.All(Enumerable.Range(0, 10), worker => Assert.Matches($@"ids-worker-{worker} +ids-{worker} ", leases));

        var eleventh = pods.Start(3, "other-3");
        await UntilSaidAsync(eleventh, "Watching for up to");
        var watched = Stopwatch.StartNew();
        await UntilSaidAsync(eleventh, "Worker ID 3 is held by ids-3, since");
        Assert.InRange(watched.Elapsed.TotalSeconds, 0, Pods.RenewSeconds + 2 + 1);
        Assert.Equal(69, await eleventh.ExitAsync());

        Assert.Contains("Worker ID 3 is held by ids-3, since", eleventh.Errors, StringComparison.Ordinal);
        Assert.Contains("Worker ID 3 is held by ids-3, since", eleventh.Output, StringComparison.Ordinal);
        var events = await cluster.KubectlAsync("get", "events", "-n", account.Namespace, "-o", "wide");
        Assert.Contains("pod/other-3", events, StringComparison.Ordinal);
        Assert.Contains("WorkerIdConflict", events, StringComparison.Ordinal);
        var holder = await cluster.KubectlAsync("get", "lease", "ids-worker-3", "-n", account.Namespace, "-o", "yaml");
        Assert.Contains("leaseTransitions: 1", holder, StringComparison.Ordinal);
        Assert.NotEmpty(await ten[3].Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
    }

    [FakeTimeApiServerTheory]
    [InlineData("")]
    [InlineData("-1h")]
    [InlineData("+1h")]
    public async Task A_holder_paused_past_its_reservation_and_resumed_repeats_nothing_of_its_successor_and_ends(string clock)
    {
        await using var pods = new Pods(await cluster.CreateServiceAccountAsync());
        var first = await pods.Start(5, "first-5", clock.Length > 0 ? FakeTime.Wall(clock) : []).ReadyAsync();
        await using var before = new HttpLoad(first);
        first.Pause();

        var second = pods.Start(5, "second-5");
        // An hour ahead, the first has reserved timestamps that the second has to wait an hour for.
        var wished = clock == "+1h" ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK;
        await second.AnswersAsync("/health/ready", status => status == wished);
        await UntilTakenAsync(second);
        await using var after = new HttpLoad(second);
        first.Resume();

        Assert.Equal(69, await first.ExitAsync());
        Assert.Contains("was taken over by second-5", first.Errors, StringComparison.Ordinal);
        await before.StopAsync();
        await after.StopAsync();
        Assert.Equal(clock == "+1h", after.Ids.Count == 0);
        Assert.Equal(before.Ids.Count + after.Ids.Count, before.Ids.Concat(after.Ids).Distinct().Count());
    }

    [ApiServerTheory]
    [InlineData("get")]
    [InlineData("create")]
    [InlineData("update")]
    public async Task A_role_that_lacks_a_verb_ends_the_start_with_77_and_names_it(string verb)
    {
        await using var pods = new Pods(await cluster.CreateServiceAccountAsync(RoleRule.WorkerWithout(verb)));
        var service = pods.Start(2, "ids-2");

        Assert.Equal(77, await service.ExitAsync());
        Assert.Contains($"{verb} leases.coordination.k8s.io", service.Errors, StringComparison.Ordinal);
        Assert.InRange(service.Output.Split('\n').Length, 1, 20);
    }

    [ApiServerFact]
    public async Task A_second_process_in_the_pod_is_refused_though_it_has_the_same_uid()
    {
        await using var pods = new Pods(await cluster.CreateServiceAccountAsync());
        var uid = ("POD_UID", $"{Guid.NewGuid()}");
        var first = await pods.Start(4, "ids-4", uid).ReadyAsync();

        var second = pods.Start(4, "ids-4", uid);

        Assert.Equal(69, await second.ExitAsync());
        Assert.Contains("another process of this pod", second.Errors, StringComparison.Ordinal);
        Assert.NotEmpty(await first.Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
    }

    [ApiServerFact]
    public async Task A_container_that_crashed_is_back_at_once_in_its_pod()
    {
        await using var pods = new Pods(await cluster.CreateServiceAccountAsync());
        var uid = ("POD_UID", $"{Guid.NewGuid()}");
        var first = await pods.Start(6, "ids-6", uid).ReadyAsync();
        await using var before = new HttpLoad(first);
        await first.CrashAsync();
        await before.StopAsync();

        var waited = Stopwatch.StartNew();
        var second = await pods.Start(6, "ids-6", uid).ReadyAsync();

        Assert.InRange(waited.Elapsed.TotalSeconds, 0, Pods.ReserveSeconds - 1);
        var body = await second.Client.GetStringAsync(new Uri("/ids/1000", UriKind.Relative));
        Assert.DoesNotContain(body.Split('"').Where(part => part.Length > 15).Select(long.Parse), before.Ids.Contains);
    }

    /// <summary>The lease names the second as its holder; it may have to wait for its clock before it issues.</summary>
    private static Task UntilTakenAsync(ServiceProcess second) => UntilSaidAsync(second, "is held (generation");

    private static async Task UntilSaidAsync(ServiceProcess service, string words)
    {
        var waited = Stopwatch.StartNew();
        while (!service.Output.Contains(words, StringComparison.Ordinal))
        {
            Assert.InRange(waited.Elapsed.TotalSeconds, 0, 30);
            await Task.Delay(20);
        }
    }
}
