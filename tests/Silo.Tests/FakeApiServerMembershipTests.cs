using IdGenerator.Kubernetes;
using Xunit.Abstractions;

namespace IdGenerator.Silo.Tests;

public sealed class FakeApiServerMembershipTests(ITestOutputHelper output) : KubernetesMembershipContract(output), IAsyncLifetime
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

    protected override Task DeleteAsync()
    {
        _server!.Delete(KubernetesTables.Object);
        return Task.CompletedTask;
    }
}
