using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

public sealed class StopTests
{
    [Theory]
    [InlineData(8, "0")]
    [InlineData(256, "0")]
    [InlineData(8, "2")]
    [InlineData(256, "2")]
    public async Task A_stop_cuts_nobody_who_is_busy(int clients, string drain)
    {
        await using var service = await ServiceProcess.Start(
            "Silo", ("WORKER_ID", "5"), ("LEASE_STORE", "memory"), ("Gateway__DrainSeconds", drain),
            ("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{FreePort.Next()}")).ReadyAsync();

        var busy = await StopScenarios.StopUnderLoadAsync(service, clients);

        Assert.Equal(0, busy.Cut);
        Assert.InRange(busy.Last, clients, int.MaxValue);
    }
}
