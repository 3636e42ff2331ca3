using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>One running service for the tests that only ask it questions. Worker ID 42.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    public const int Worker = 42;

    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-").FullName;

    public ServiceProcess Service { get; private set; } = null!;

    public async Task InitializeAsync() =>
        Service = await ServiceProcess.Start("Gateway", ("WORKER_ID", $"{Worker}"), ("DATA_DIR", _directory)).ReadyAsync();

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
