using System.Text.Json.Nodes;
using IdGenerator.Testing;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>What the server decides comes back as a value.</summary>
public sealed class ClientAnswerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Retries _retries = new();

    [Theory]
    [InlineData(404, ApiOutcome.Absent)]
    [InlineData(409, ApiOutcome.Conflict)]
    [InlineData(422, ApiOutcome.Invalid)]
    public async Task A_decision_of_the_server_is_a_value(int status, ApiOutcome outcome)
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Status(status));
        using var client = Client(server);
        var result = await client.GetAsync(Lease.Resource, "a", default);
        Assert.Equal(outcome, result.Outcome);
        Assert.False(result.IsDone);
        Assert.EndsWith("because", result.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_lasting_denial_names_the_verb_the_resource_and_the_namespace()
    {
        await using var server = await ScriptedServer.StartAsync([.. Enumerable.Repeat(Answers.Status(403), 9)]);
        using var client = Client(server);
        var create = client.CreateAsync(Lease.Resource, new Lease(), default);
        await _retries.PassAsync(_time, 3);
        var result = await create;
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(ApiOutcome.Denied, result.Outcome);
        Assert.StartsWith(
            "create leases.coordination.k8s.io in namespace ids: the role lacks this verb",
            result.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_denial_by_a_server_that_has_only_just_started_passes()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Status(403), Answers.Lease);
        using var client = Client(server);
        var create = client.CreateAsync(Lease.Resource, new Lease(), default);
        await _retries.PassAsync(_time, 1);
        Assert.True((await create).IsDone);
    }

    [Fact]
    public async Task Each_verb_uses_its_method_and_path()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Lease, Answers.Lease, Answers.Lease, Answers.Lease);
        using var client = Client(server);
        var read = await client.GetAsync(Lease.Resource, "a", default);
        await client.CreateAsync(Lease.Resource, read.Value!, default);
        await client.ReplaceAsync(Lease.Resource, read.Value!, default);
        await client.PatchAsync(Lease.Resource, "a", new JsonObject { ["spec"] = null }, default);

        const string Leases = "/apis/coordination.k8s.io/v1/namespaces/ids/leases";
        Assert.Equal(
            [("GET", Leases + "/a", null), ("POST", Leases, "application/json"), ("PUT", Leases + "/a", "application/json"),
             ("PATCH", Leases + "/a", "application/merge-patch+json")],
            server.Requests.Select(request => (request.Method, request.Path, request.MediaType)));
        Assert.Equal("""{"spec":null}""", server.Requests.Last().Body);
    }

    [Fact]
    public async Task Fields_that_are_not_known_are_written_back()
    {
        const string Foreign =
            """
            {"metadata":{"name":"a","resourceVersion":"7","uid":"u","ownerReferences":[1]},
             "spec":{"strategy":"x"},"status":{"y":2}}
            """;
        await using var server = await ScriptedServer.StartAsync(Answers.Text(Foreign), Answers.Lease);
        using var client = Client(server);
        var read = await client.GetAsync(Lease.Resource, "a", default);
        await client.ReplaceAsync(Lease.Resource, read.Value!, default);

        var written = JsonNode.Parse(server.Requests.Last().Body)!;
        Assert.Equal(1, (int)written["metadata"]!["ownerReferences"]![0]!);
        Assert.Equal("x", (string?)written["spec"]!["strategy"]);
        Assert.Equal(2, (int)written["status"]!["y"]!);
    }

    [Fact]
    public async Task What_was_not_read_cannot_be_replaced()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = Client(server);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            client.ReplaceAsync(Lease.Resource, new Lease { Metadata = new() { Name = "a", Uid = "u" } }, default));
    }

    private KubernetesClient Client(ScriptedServer server) =>
        new(new() { Server = server.Address, Namespace = "ids" }, new(), _time, _retries);
}
