using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>What outlives a container: a pod's name, UID and address. Here ports stand for the address.</summary>
internal sealed record Pod(int Worker, string Name, int SiloPort, int GatewayPort)
{
    public string Uid { get; } = $"{Guid.NewGuid()}";

    public static Pod Of(int worker, string? name = null) =>
        new(worker, name ?? $"{SiloPods.Release}-{worker}", FreePort.Next(), FreePort.Next());
}
