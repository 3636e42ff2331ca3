using IdGenerator.ApiServer;
using IdGenerator.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Kubernetes.Tests;

[Collection(ApiServerCollection.Name)]
public sealed class PodEventsTests(ControlPlane cluster)
{
    [ApiServerFact]
    public async Task A_warning_is_listed_with_the_pod()
    {
        var account = await cluster.CreateServiceAccountAsync();
        using var client = account.Client();
        await Events(client, TimeProvider.System).WarnAsync(PodEvents.WorkerIdConflict, "held by ids-1", default);
        var listed = await cluster.KubectlAsync("get", "events", "-n", account.Namespace, "--no-headers");
        Assert.Matches(@"Warning\s+WorkerIdConflict\s+pod/ids-0\s+held by ids-1", listed);
    }

    [ApiServerFact]
    public async Task A_role_without_events_is_no_failure()
    {
        var account = await cluster.CreateServiceAccountAsync(new RoleRule("coordination.k8s.io", "leases", "get"));
        using var client = account.Client();
        await Events(client, TimeProvider.System).WarnAsync(PodEvents.WorkerIdConflict, "held by ids-1", default);
        Assert.Empty(await cluster.KubectlAsync("get", "events", "-n", account.Namespace, "-o", "name"));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_waited_for_three_seconds()
    {
        var time = new FakeTimeProvider();
        await using var server = await ScriptedServer.StartAsync(Answers.Never);
        using var client = new KubernetesClient(new() { Server = server.Address }, new(), time, new Retries());
        var warning = Events(client, time).WarnAsync(PodEvents.WorkerIdConflict, "held by ids-1", default);
        await server.UntilAskedAsync();
        time.Advance(TimeSpan.FromSeconds(3));
        await warning;
    }

    private static PodEvents Events(KubernetesClient client, TimeProvider time) =>
        new(client, "ids-0", "9a0c", time, NullLogger<PodEvents>.Instance);
}
