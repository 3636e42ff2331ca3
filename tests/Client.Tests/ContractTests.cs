using IdGenerator.Promises;

namespace IdGenerator.Client.Tests;

/// <summary>The generator for tests of services.</summary>
public sealed class InMemoryIdGeneratorTests : IdGeneratorContract
{
    protected override Task<IIdGenerator> OpenAsync() => Task.FromResult<IIdGenerator>(new InMemoryIdGenerator());

    protected override Task CloseAsync() => Task.CompletedTask;
}

/// <summary>The client, over three workers.</summary>
public sealed class ClientContractTests : IdGeneratorContract
{
    private readonly IdGeneratorClient _client = TestClient.New(new FakeCluster(TimeProvider.System, workers: 3).Grains);

    protected override Task<IIdGenerator> OpenAsync() => Task.FromResult<IIdGenerator>(_client);

    protected override Task CloseAsync() => _client.DisposeAsync().AsTask();
}
