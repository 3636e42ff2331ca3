using System.Text.Json;
using IdGenerator.KubernetesLeases;
using IdGenerator.Leases;
using IdGenerator.LeaseStores;
using IdGenerator.Testing;
using Microsoft.AspNetCore.Http;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>What the lease store asks the API server, and what it makes of answers that are hard to get from a real one.</summary>
public sealed class LeaseStoreRequestTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Retries _retries = new();
    private KubernetesClient? _client;

    [Fact]
    public async Task A_renewal_is_one_request()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("1"), Stored("2"), Stored("3"));
        var store = Store(server);
        var created = await store.WriteAsync(Records.Any, expectedVersion: null, default);

        var renewed = await store.WriteAsync(Records.Any, created!.Version, default);

        Assert.Equal("3", (await store.WriteAsync(Records.Any, renewed!.Version, default))!.Version);
        Assert.Equal(["POST", "PUT", "PUT"], server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task A_write_over_a_version_that_this_store_has_not_seen_looks_first()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("7"), Stored("8"));

        var written = await Store(server).WriteAsync(Records.Any, expectedVersion: "7", default);

        Assert.Equal("8", written!.Version);
        Assert.Equal(["GET", "PUT"], server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task A_write_over_a_version_that_is_gone_writes_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("7"), Stored("8"), Answers.Status(404));
        var store = Store(server);
        await store.ReadAsync(default);

        Assert.Null(await store.WriteAsync(Records.Any, expectedVersion: "6", default));
        Assert.Null(await store.WriteAsync(Records.Any, expectedVersion: "6", default));

        Assert.Equal(["GET", "GET", "GET"], server.Requests.Select(request => request.Method));
    }

    [Fact]
    public async Task A_new_lease_says_which_release_it_belongs_to_with_no_label_that_tools_own()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("1"));

        await Store(server).WriteAsync(Records.Any, expectedVersion: null, default);

        var metadata = JsonSerializer.Deserialize(Assert.Single(server.Requests).Body, Lease.Resource.Json)!.Metadata;
        Assert.Equal("ids-worker-3", metadata.Name);
        Assert.Equal(KeyValuePair.Create("id-generator/release", "ids"), Assert.Single(metadata.Labels!));
    }

    [Theory]
    [InlineData(401, true, false)]
    [InlineData(403, true, true)]
    [InlineData(422, false, true)]
    [InlineData(500, false, false)]
    public async Task Whether_the_server_denies_this_process_everything_is_told_from_other_failures(int status, bool denied, bool final)
    {
        await using var server = await ScriptedServer.StartAsync([.. Enumerable.Repeat(Answers.Status(status), 4)]);

        var write = Store(server).WriteAsync(Records.Any, null, default);
        if (denied) await _retries.PassAsync(_time, 3);

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => write);
        Assert.Equal((denied, final), (e.IsDenied, e.IsFinal));
    }

    [Theory]
    [InlineData("""{"metadata":{"resourceVersion":"7","uid":"u"},"spec":{}}""")]
    [InlineData("""{"metadata":{"resourceVersion":"7","name":"a"},"spec":{}}""")]
    [InlineData("""{"metadata":null}""")]
    public async Task An_answer_that_lacks_what_every_object_has_is_none(string answer)
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Text(answer));
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => Store(server).WriteAsync(Records.Any, null, default));
        Assert.Contains("the answer is no object of the API server", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"items":[null]}""")]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"items":null}""")]
    public async Task A_list_of_what_is_no_lease_is_none(string answer)
    {
        await using var server = await ScriptedServer.StartAsync([.. Enumerable.Repeat(Answers.Text(answer), 4)]);
        Store(server);
        await Assert.ThrowsAsync<LeaseStoreException>(() => ReleaseLeases.ReadAsync(_client!, "ids", cached: true, default));
    }

    [Fact]
    public async Task A_request_that_the_server_takes_for_wrong_is_final()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Status(422, "no such field"));

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => Store(server).WriteAsync(Records.Any, null, default));

        Assert.True(e.IsFinal);
        Assert.EndsWith("no such field", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_namespace_that_is_not_there_is_named_and_final()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Status(404, "no such namespace"));

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => Store(server).WriteAsync(Records.Any, null, default));

        Assert.True(e.IsFinal);
        Assert.StartsWith("There is no namespace ns: create leases", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("no such namespace", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_asks_for_time_gets_it()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Status(503, retryAfter: "30"));

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => Store(server).ReadAsync(default));

        Assert.False(e.IsFinal);
        Assert.Equal(TimeSpan.FromSeconds(30), e.RetryAfter);
        Assert.IsType<KubernetesApiException>(e.InnerException);
    }

    [Fact]
    public async Task A_lease_that_is_no_record_is_told_with_what_to_do()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Lease);

        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => Store(server).ReadAsync(default));

        Assert.True(e.IsFinal);
        Assert.Equal(
            "The Lease ids-worker-3 in namespace ns is no record of worker ID 3: the annotation id-generator/generation is " +
            "missing or wrong. Nothing else says which timestamps are used: restore it, or delete it if no ID was ever issued " +
            "under that worker ID in this release.",
            e.Message);
    }

    [Fact]
    public async Task A_note_is_one_request_and_so_is_the_renewal_that_knows_nothing_of_it()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("1"), Stored("2"), Stored("3"), Stored("4"), Stored("5"));
        var store = Store(server);
        var created = await store.WriteAsync(Records.Any, expectedVersion: null, default);

        Assert.True(await store.NoteAsync(Note("a"), default));
        Assert.True(await store.NoteAsync(Note("b"), default));
        var renewed = await store.WriteAsync(Records.Any, created!.Version, default);
        await store.WriteAsync(Records.Any, renewed!.Version, default);

        Assert.Equal(["POST", "PUT", "PUT", "PUT", "PUT"], server.Requests.Select(request => request.Method));
        var written = server.Requests.Select(request => JsonSerializer.Deserialize(request.Body, Lease.Resource.Json)!).ToList();
        Assert.Equal(["1", "2", "3", "4"], written.Skip(1).Select(lease => lease.Metadata.ResourceVersion));
        Assert.Equal([null, "a", "b", "b", "b"], written.Select(lease => LeaseDocument.Read(lease, Records.Any).Note?.Row));
        Assert.Equal(5, store.Writes);
    }

    [Fact]
    public async Task A_version_before_a_note_that_others_have_written_over_since_is_gone()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("1"), Stored("2"), Stored("3"), Stored("9"));
        var store = Store(server);
        var created = await store.WriteAsync(Records.Any, expectedVersion: null, default);
        Assert.True(await store.NoteAsync(Note("a"), default));
        await store.WriteAsync(Records.Any, created!.Version, default);

        Assert.Null(await store.WriteAsync(Records.Any, created.Version, default));
        Assert.Equal("GET", server.Requests.Last().Method);
    }

    [Fact]
    public async Task Before_it_has_written_a_store_notes_nothing()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("1"));
        var store = Store(server);
        await store.ReadAsync(default);
        Assert.False(await store.NoteAsync(Note("a"), default));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_note_that_comes_too_late_looks_and_is_written_over_what_it_finds()
    {
        await using var server = await ScriptedServer.StartAsync(Stored("1"), Answers.Status(409), Stored("2"), Stored("3"));
        var store = Store(server);
        await store.WriteAsync(Records.Any, expectedVersion: null, default);

        Assert.True(await store.NoteAsync(Note("a"), default));

        Assert.Equal(["POST", "PUT", "GET", "PUT"], server.Requests.Select(request => request.Method));
    }

    [Theory]
    [InlineData("uid-other", 0)]
    [InlineData(null, 1)]
    public async Task A_lease_of_another_term_is_not_noted(string? uid, int later)
    {
        var other = Records.Any with
        {
            Holder = uid is null ? Records.Any.Holder : new("other", uid),
            Generation = Records.Any.Generation + later,
        };
        await using var server = await ScriptedServer.StartAsync(Stored("1"), Answers.Status(409), Stored("2", record: other));
        var store = Store(server);
        await store.WriteAsync(Records.Any, expectedVersion: null, default);

        Assert.False(await store.NoteAsync(Note("a"), default));
    }

    [Fact]
    public async Task A_note_for_a_lease_that_is_gone_or_never_at_rest_says_so()
    {
        await using var gone = await ScriptedServer.StartAsync(Stored("1"), Answers.Status(409), Answers.Status(404));
        var store = Store(gone);
        await store.WriteAsync(Records.Any, expectedVersion: null, default);
        var e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.NoteAsync(Note("a"), default));
        Assert.Equal("The Lease ids-worker-3 is gone; the next renewal writes it again.", e.Message);

        await using var restless = await ScriptedServer.StartAsync(
            Stored("1"), Answers.Status(409), Stored("2"), Answers.Status(409), Stored("3"), Answers.Status(409), Stored("4"));
        store = Store(restless);
        await store.WriteAsync(Records.Any, expectedVersion: null, default);
        e = await Assert.ThrowsAsync<LeaseStoreException>(() => store.NoteAsync(Note("a"), default));
        Assert.Equal("The Lease ids-worker-3 was written by others 3 times in a row.", e.Message);
    }

    [Fact]
    public async Task It_has_no_lock_of_its_own()
    {
        await using var server = await ScriptedServer.StartAsync();
        Assert.Null(Store(server).Lock);
    }

    public void Dispose() => _client?.Dispose();

    private static SiloNote Note(string row) => new(row, 7, new(2026, 11, 27, 0, 0, 0, DateTimeKind.Utc));

    private static RequestDelegate Stored(string version, int worker = 3, LeaseRecord? record = null)
    {
        var lease = LeaseDocument.Write(
            record ?? Records.Any, new() { Metadata = new() { Name = $"ids-worker-{worker}", ResourceVersion = version, Uid = "u" } });
        return Answers.Text(JsonSerializer.Serialize(lease, Lease.Resource.Json));
    }

    private KubernetesLeaseStore Store(ScriptedServer server)
    {
        _client = new(new() { Server = server.Address, Namespace = "ns" }, new(), _time, _retries);
        return new(_client, "ids", 3);
    }
}
