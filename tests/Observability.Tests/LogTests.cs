using System.Text.Json;

namespace IdGenerator.Observability.Tests;

public sealed class LogTests
{
    [Fact]
    public async Task In_a_container_each_line_is_JSON_and_there_is_one_for_each_event_and_none_for_a_request()
    {
        await using var gateway = await GatewayProcess.StartAsync(3, ("DOTNET_RUNNING_IN_CONTAINER", "true"), ("Lease__RenewSeconds", "1"));
        await gateway.Client.GetStringAsync("/id");
        await gateway.Client.GetStringAsync("/ids/5000");
        await gateway.StopAsync();

        var messages = gateway.Log
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("Message").GetString()!)
            .ToList();
        Assert.Collection(
            messages,
            line => Assert.Contains("Worker ID 3, from WORKER_ID. Its record is in memory", line, StringComparison.Ordinal),
            line => Assert.Contains("Worker ID 3 is held", line, StringComparison.Ordinal),
            line => Assert.Contains("for worker ID 3", line, StringComparison.Ordinal),
            line => Assert.Contains("was told to stop", line, StringComparison.Ordinal),
            line => Assert.Contains("is released", line, StringComparison.Ordinal),
            line => Assert.Contains("has stopped", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_setting_decides_where_it_is_set()
    {
        await using var gateway = await GatewayProcess.StartAsync(3, ("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("LOG_FORMAT", "text"));

        var lines = await Eventually.ReturnsAsync(() => Task.FromResult(gateway.Log), lines => lines.Count > 0);

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: .*Worker ID 3, from WORKER_ID", lines[0]);
    }
}
