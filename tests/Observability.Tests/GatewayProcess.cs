using System.Globalization;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

/// <summary>A gateway that is looked at through what it exports.</summary>
internal sealed class GatewayProcess(ServiceProcess process) : IAsyncDisposable
{
    public HttpClient Client => process.Client;

    /// <summary>The lines of its log so far.</summary>
    public IReadOnlyList<string> Log => process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Starts a gateway and waits until it can issue IDs.</summary>
    public static async Task<GatewayProcess> StartAsync(int worker, params (string Name, string Value)[] settings) => new(
        await ServiceProcess.Start("Gateway",
        [
            ("WORKER_ID", $"{worker}"), ("LEASE_STORE", "memory"), ("Lease__ReserveSeconds", "3"), ("Lease__RenewSeconds", "1"),
            .. settings,
        ]).ReadyAsync());

    /// <summary>What a scrape gets.</summary>
    public async Task<string> ScrapeAsync(string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (accept is not null) request.Headers.Add("Accept", accept);
        using var response = await Client.SendAsync(request);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>The value of one series of a scrape: its name, with labels where it has any.</summary>
    public async Task<double> ValueAsync(string series)
    {
        // A series without labels has empty braces.
        var sample = series.Contains('{', StringComparison.Ordinal) ? $"{series} " : $"{series}{{}} ";
        var line = (await ScrapeAsync()).Split('\n').Single(line => line.StartsWith(sample, StringComparison.Ordinal));
        return double.Parse(line[sample.Length..], CultureInfo.InvariantCulture);
    }

    public async Task StopAsync()
    {
        process.Terminate();
        await process.ExitAsync();
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
