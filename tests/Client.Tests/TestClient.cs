using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IdGenerator.Client.Tests;

/// <summary>Clients as the services would make them.</summary>
internal static class TestClient
{
    public static IMeterFactory Meters { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public static IdGeneratorClient New(
        IGrainFactory grains,
        TimeProvider? time = null,
        Action<IdGeneratorClientOptions>? configure = null,
        ILogger<IdGeneratorClient>? logger = null,
        ClientInstruments? instruments = null)
    {
        var options = new IdGeneratorClientOptions();
        configure?.Invoke(options);
        return new(grains, options, time ?? TimeProvider.System, logger ?? NullLogger<IdGeneratorClient>.Instance, instruments ?? new(Meters));
    }
}
