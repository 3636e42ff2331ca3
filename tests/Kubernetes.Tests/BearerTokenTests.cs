using IdGenerator.Testing;

namespace IdGenerator.Kubernetes.Tests;

public sealed class BearerTokenTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Retries _retries = new();
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public async Task After_a_401_the_token_is_read_again()
    {
        await File.WriteAllTextAsync(_file, "old\n");
        await using var server = await ScriptedServer.StartAsync(Answers.Status(401), Answers.Lease);
        using var client = new KubernetesClient(Config(server.Address), new(), _time, _retries);
        var write = client.CreateAsync(Lease.Resource, new Lease(), default);
        await _retries.UntilWaitingAsync(_time);
        await File.WriteAllTextAsync(_file, "new\n");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await write).IsDone);
        Assert.Equal(["Bearer old", "Bearer new"], server.Requests.Select(request => request.Authorization));
    }

    [Fact]
    public void The_token_is_read_again_when_it_is_a_minute_old()
    {
        var token = new BearerToken(Config(new("https://localhost")), _time);
        File.WriteAllText(_file, "old");
        Assert.Equal("old", token.Current());
        File.WriteAllText(_file, "new");
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("old", token.Current());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("new", token.Current());
    }

    [Fact]
    public void A_token_that_cannot_be_read_is_no_crash()
    {
        File.Delete(_file);
        var token = new BearerToken(Config(new("https://localhost")), _time);
        var e = Assert.Throws<KubernetesApiException>(token.Current);
        Assert.Contains(_file, e.Message, StringComparison.Ordinal);
        Assert.True(e.IsUnauthorized);
    }

    public void Dispose() => File.Delete(_file);

    private KubernetesConfig Config(Uri server) => new() { Server = server, TokenFile = _file };
}
