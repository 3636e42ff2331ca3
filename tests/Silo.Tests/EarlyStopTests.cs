using System.Diagnostics;
using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

/// <summary>SIGTERM while the process starts: it ends in seconds, and does not keep its worker ID.</summary>
public sealed class EarlyStopTests : IDisposable
{
    private readonly Scratch _scratch = new();

    private string Record => Path.Combine(_scratch.Directory, "worker-5.json");

    [Fact]
    public async Task A_stop_while_the_silo_joins_gives_the_worker_id_back_and_drains_nothing()
    {
        // It waits for a silo that is not there.
        await using var service = Start(("PRIMARY_SILO_PORT", $"{FreePort.Next()}"));
        await UntilSaidAsync(service, "Worker ID 5 is held (generation 1)");

        var waited = Stopwatch.StartNew();
        service.Terminate();

        Assert.True(await service.ExitAsync() == 0, service.Errors);
        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 5);
        Assert.False(IsHeld());
    }

    [Fact]
    public async Task A_stop_as_soon_as_the_process_says_who_it_is_ends_it_in_seconds_without_the_worker_id()
    {
        await using var service = Start();
        await UntilSaidAsync(service, "Worker ID 5, from WORKER_ID");

        var waited = Stopwatch.StartNew();
        service.Terminate();

        Assert.True(await service.ExitAsync() == 0, service.Errors);
        Assert.InRange(waited.Elapsed.TotalSeconds, 0, 5);
        Assert.False(IsHeld());
    }

    public void Dispose() => _scratch.Dispose();

    private ServiceProcess Start(params (string, string)[] variables) => ServiceProcess.Start(
        "Silo",
        [
            ("WORKER_ID", "5"), ("DATA_DIR", _scratch.Directory), ("Gateway__DrainSeconds", "60"),
            ("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{FreePort.Next()}"), .. variables,
        ]);

    private bool IsHeld() => File.Exists(Record) && File.ReadAllText(Record).Contains("\"uid\"", StringComparison.Ordinal);

    private static async Task UntilSaidAsync(ServiceProcess service, string words)
    {
        while (!service.Output.Contains(words, StringComparison.Ordinal))
        {
            Assert.False(service.HasExited, service.Errors);
            await Task.Delay(1);
        }
    }
}
