using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

public sealed class WireTests
{
    [Fact]
    public async Task Wherever_requests_are_cut_into_packets_the_answers_of_a_silo_are_the_same()
    {
        await using var silo = await ServiceProcess.Start(
            "Silo", ("WORKER_ID", "5"), ("LEASE_STORE", "memory"), ("SILO_PORT", $"{FreePort.Next()}"),
            ("GATEWAY_PORT", $"{FreePort.Next()}")).ReadyAsync();

        Assert.Empty(await SplitScenario.RunAsync(silo.Port));
    }
}
