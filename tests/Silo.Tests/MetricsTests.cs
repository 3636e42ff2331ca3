using IdGenerator.Testing;

namespace IdGenerator.Silo.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task A_silo_has_every_documented_series()
    {
        await using var silo = await ServiceProcess.Start(
            "Silo", ("WORKER_ID", "1"), ("LEASE_STORE", "memory"),
            ("SILO_PORT", $"{FreePort.Next()}"), ("GATEWAY_PORT", $"{FreePort.Next()}")).ReadyAsync();
        await silo.Client.GetStringAsync(new Uri("/id", UriKind.Relative));

        var scrape = await silo.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        Assert.DoesNotContain("Polly", silo.Output, StringComparison.Ordinal);
        Assert.NotEmpty(DocumentedSeries.OfSilos);
        Assert.DoesNotContain([.. DocumentedSeries.OfBoth, .. DocumentedSeries.OfSilos], name => !Has(scrape, name));
    }

    private static bool Has(string scrape, string name) => new[] { " ", "{", "_bucket{" }
        .Any(end => scrape.Contains($"\n{name}{end}", StringComparison.Ordinal));
}
