using IdGenerator.Kubernetes;
using Xunit.Abstractions;

namespace IdGenerator.Silo.Tests;

public sealed class FakeApiServerMembershipTests(ITestOutputHelper output) : MembershipContract(output), IAsyncLifetime
{
    private FakeApiServer? _server;
    private KubernetesClient? _client;

    public async Task InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = _server.Client();
    }

    public async Task DisposeAsync()
    {
        _client!.Dispose();
        await _server!.DisposeAsync();
    }

    protected override Task<KubernetesClient> ClientAsync() => Task.FromResult(_client!);

    protected override Task DeleteObjectAsync()
    {
        _server!.Delete(Tables.Object);
        return Task.CompletedTask;
    }
}
