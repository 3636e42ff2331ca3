using System.Globalization;
using System.Net;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

/// <summary>The gateway as it is run: a process of its own, on a port of its own.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly ChildProcess _process;

    private GatewayProcess(int port, Dictionary<string, string> environment)
    {
        Client = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        _process = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "IdGenerator.Gateway.dll")], environment);
    }

    public HttpClient Client { get; }

    public IReadOnlyList<string> Output => _process.Lines;

    /// <summary>Starts a gateway and waits until it can issue IDs.</summary>
    public static async Task<GatewayProcess> StartAsync(int worker, params (string Name, string Value)[] settings)
    {
        var port = FreePort.Next();
        var environment = new Dictionary<string, string>
        {
            ["WORKER_ID"] = worker.ToString(CultureInfo.InvariantCulture),
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["LEASE_STORE"] = "memory",
            ["ID_SPACE"] = Scratch.NewIdSpace(),
            ["Lease__ReserveSeconds"] = "3",
            ["Lease__RenewSeconds"] = "1",
        };
        foreach (var (name, value) in settings) environment[name] = value;

        var gateway = new GatewayProcess(port, environment);
        await Eventually.ReturnsAsync(
            async () => (await gateway.Client.GetAsync("/health/ready")).StatusCode,
            status => status == HttpStatusCode.OK,
            () => string.Join('\n', gateway.Output));
        return gateway;
    }

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

    public Task StopAsync() => _process.StopAsync();

    public void Dispose()
    {
        Client.Dispose();
        _process.Dispose();
    }
}
