using System.Globalization;
using System.Text.Json;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

/// <summary>A real Prometheus that scrapes gateways every second, as pods of a release, and evaluates the shipped alerts.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("prometheus").FullName;
    private readonly HttpClient _client;
    private readonly ChildProcess _process;

    public PrometheusServer(params (string Pod, GatewayProcess Gateway)[] targets)
    {
        var port = FreePort.Next();
        _client = new() { BaseAddress = new($"http://127.0.0.1:{port}") };
        var configuration = Path.Combine(_directory, "prometheus.yml");
        File.WriteAllText(configuration, $$"""
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: ["{{RepositoryFile.Alerts}}"]
            scrape_configs:
              - job_name: ids
                static_configs:
                  {{string.Join("\n      ", targets.Select(Target))}}
            """);
        _process = new("prometheus",
        [
            $"--config.file={configuration}", $"--storage.tsdb.path={_directory}/data",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
        ]);
    }

    /// <summary>The series that <paramref name="query"/> returns now, each with its value.</summary>
    public async Task<IReadOnlyList<(JsonElement Labels, double Value)>> QueryAsync(string query)
    {
        var result = await GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query));
        return
        [
            .. result.GetProperty("data").GetProperty("result").EnumerateArray().Select(series => (
                series.GetProperty("metric"),
                double.Parse(series.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)))
        ];
    }

    public Task<IReadOnlyList<(JsonElement Labels, double Value)>> UntilAsync(
        string query, Func<IReadOnlyList<(JsonElement Labels, double Value)>, bool> isGood) =>
        Eventually.ReturnsAsync(() => QueryAsync(query), isGood, () => query + "\n" + _process.Output);

    public async Task<JsonElement> GetAsync(string path)
    {
        using var response = await _client.GetAsync(path);
        var body = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode is >= 400 and < 500) Assert.Fail($"{path}: {body}");
        response.EnsureSuccessStatusCode(); // 503 while it starts.
        return JsonDocument.Parse(body).RootElement;
    }

    public void Dispose()
    {
        _client.Dispose();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string Target((string Pod, GatewayProcess Gateway) target) =>
        $"- {{targets: [\"{target.Gateway.Client.BaseAddress!.Authority}\"], labels: {{namespace: default, pod: {target.Pod}}}}}";
}
