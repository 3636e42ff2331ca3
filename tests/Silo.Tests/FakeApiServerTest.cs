using IdGenerator.Kubernetes;

namespace IdGenerator.Silo.Tests;

/// <summary>Each test has an API server in memory of its own, and a client of it.</summary>
public abstract class FakeApiServerTest : IAsyncLifetime
{
    private protected FakeApiServer Server { get; private set; } = null!;

    private protected KubernetesClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await FakeApiServer.StartAsync();
        Client = Server.Client();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
