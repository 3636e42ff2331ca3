using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>One running service for the tests that only ask it questions. Worker ID 42.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public const int Worker = 42;

    private readonly Scratch _scratch = new();

    public ServiceProcess Service { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Service = await ServiceProcess.Start("Gateway", [("WORKER_ID", $"{Worker}"), .. _scratch.Variables]).ReadyAsync();

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        _scratch.Dispose();
    }
}
