namespace IdGenerator.Observability.Tests;

public sealed class OneNode : IAsyncLifetime
{
    internal GatewayProcess Gateway { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        // No renewal meanwhile: each takes a slot of its own, which would be in the sequence that one of the tests reads.
        Gateway = await GatewayProcess.StartAsync(7, ("Lease__ReserveSeconds", "3600"), ("Lease__RenewSeconds", "1200"));
        // A request of every kind, so that every series has something to say.
        foreach (var path in (string[])["/id", "/ids/10", "/ids/0", "/ids/5000", "/decode/1", "/health", "/nothing", "/metrics"])
        {
            using var response = await Gateway.Client.GetAsync(path);
        }
    }

    public async Task DisposeAsync() => await Gateway.DisposeAsync();
}
