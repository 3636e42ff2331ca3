using System.Globalization;
using IdGenerator.Testing;
using Microsoft.AspNetCore.Http;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>No decision: reads are tried again within bounds, writes that may have happened are not.</summary>
public sealed class ClientFailureTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Retries _retries = new();
    private KubernetesClient? _client;

    public static TheoryData<string> Failures => ["500", "cut", "garbage", "wrong", "redirect", "never"];

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_write_that_may_have_happened_is_not_sent_twice(string failure)
    {
        await using var server = await ScriptedServer.StartAsync(Answer(failure), Answers.Lease);
        var write = Client(server).CreateAsync(Lease.Resource, new Lease(), default);
        await LetTimeOutAsync(failure, server);
        await Assert.ThrowsAsync<KubernetesApiException>(() => write.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("500")]
    [InlineData("cut")]
    [InlineData("never")]
    public async Task A_read_is_tried_again(string failure)
    {
        await using var server = await ScriptedServer.StartAsync(Answer(failure), Answers.Lease);
        var read = Client(server).GetAsync(Lease.Resource, "a", default);
        await LetTimeOutAsync(failure, server);
        await _retries.PassAsync(_time, 1);
        Assert.True((await read).IsDone);
    }

    [Theory]
    [InlineData("401")]
    [InlineData("429")]
    [InlineData("500")]
    public async Task A_read_is_given_up_after_four_attempts(string failure)
    {
        await using var server = await ScriptedServer.StartAsync([.. Enumerable.Repeat(Answer(failure), 9)]);
        var read = Client(server).GetAsync(Lease.Resource, "a", default);
        await _retries.PassAsync(_time, 3);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => read);
        Assert.Contains("get leases.coordination.k8s.io/a in namespace ids", e.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Delays_between_attempts_grow()
    {
        await using var server = await ScriptedServer.StartAsync(Answer("500"), Answer("500"), Answer("500"), Answers.Lease);
        var read = Client(server).GetAsync(Lease.Resource, "a", default);
        foreach (var least in new[] { 0.1, 0.2, 0.4 })
        {
            Assert.InRange(await _retries.UntilWaitingAsync(_time), least, least * 2);
            _time.Advance(TimeSpan.FromSeconds(least * 2));
        }

        Assert.True((await read).IsDone);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_write_that_was_turned_away_is_sent_again_no_sooner_than_asked(bool asDate)
    {
        var after = TimeSpan.FromSeconds(2);
        var header = asDate ? (_time.GetUtcNow() + after).ToString("R", CultureInfo.InvariantCulture) : "2";
        await using var server = await ScriptedServer.StartAsync(Answers.Status(429, retryAfter: header), Answers.Lease);
        var write = Client(server).CreateAsync(Lease.Resource, new Lease(), default);
        await _retries.UntilWaitingAsync(_time);
        _time.Advance(after);
        Assert.Equal(1, _time.ArmedTimers); // It still waits.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await write).IsDone);
    }

    [Fact]
    public async Task A_long_Retry_After_is_left_to_the_caller()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Status(503, retryAfter: "3"));
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            Client(server).GetAsync(Lease.Resource, "a", default).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(TimeSpan.FromSeconds(3), e.RetryAfter);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_no_decision()
    {
        var server = await ScriptedServer.StartAsync();
        var client = Client(server);
        await server.DisposeAsync();
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() =>
            client.CreateAsync(Lease.Resource, new Lease(), default));
        Assert.Contains("refused", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failure_of_the_server()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Never);
        using var cancellation = new CancellationTokenSource();
        var write = Client(server).CreateAsync(Lease.Resource, new Lease(), cancellation.Token);
        await server.UntilAskedAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public void Dispose() => _client?.Dispose();

    private static RequestDelegate Answer(string failure) => failure switch
    {
        "cut" => Answers.CutInTheMiddle,
        "never" => Answers.Never,
        "garbage" => Answers.Text("<html>Please log in</html>"),
        "wrong" => Answers.Text("{}"),
        "redirect" => Answers.Status(302),
        _ => Answers.Status(int.Parse(failure, CultureInfo.InvariantCulture)),
    };

    private async Task LetTimeOutAsync(string failure, ScriptedServer server)
    {
        if (failure != "never") return;
        await server.UntilAskedAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
    }

    private KubernetesClient Client(ScriptedServer server) =>
        _client = new(new() { Server = server.Address, Namespace = "ids" }, new(), _time, _retries);
}
