using System.Text.Json;
using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

public sealed partial class PrometheusTests(TwoNodes nodes) : IClassFixture<TwoNodes>
{
    [PrometheusFact]
    public async Task Every_documented_series_is_there_for_both_nodes()
    {
        Assert.Contains("id_generator_ids_generated_total", DocumentedSeries.OfBoth);
        Assert.True(DocumentedSeries.OfBoth.Count > 30, string.Join(", ", DocumentedSeries.OfBoth));

        foreach (var name in DocumentedSeries.OfBoth)
        {
            await nodes.Prometheus.UntilAsync(
                $"count by (pod) ({{__name__=~\"{name}(_bucket)?\",job=\"ids\"}})", found => found.Count == 2);
        }
    }

    [PrometheusFact]
    public async Task Sequence_exhausted_rises_under_overload_and_stays_at_0_without()
    {
        const string Series = "id_generator_sequence_exhausted_total";
        await nodes.Prometheus.UntilAsync($"increase({Series}{{pod=\"id-generator-0\"}}[10s])", IsSome(above: 0));

        var quiet = await nodes.Prometheus.UntilAsync($"{Series}{{pod=\"id-generator-1\"}}", found => found.Count == 1);
        Assert.Equal(0, quiet[0].Value);
        await nodes.Prometheus.UntilAsync("id_generator_ids_generated_total{pod=\"id-generator-1\"}", IsSome(above: 0));
    }

    [PrometheusFact]
    public async Task The_autoscalers_queries_return_one_element_for_a_release_and_tell_exhaustion_from_a_small_load()
    {
        var templates = AutoscalerQuery().Matches(await File.ReadAllTextAsync(RepositoryFile.ScaledObject))
            .Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(2, templates.Count);

        foreach (var template in templates)
        {
            var query = template.Replace("%s", "pod=~\"id-generator-[0-9]+\"", StringComparison.Ordinal);
            var result = await nodes.Prometheus.UntilAsync(query, IsSome(above: 5));
            Assert.Empty(result.Single().Labels.EnumerateObject());
        }

        var quiet = templates[0].Replace("%s", "pod=~\"id-generator-1\"", StringComparison.Ordinal);
        Assert.Equal(0, (await nodes.Prometheus.UntilAsync(quiet, found => found.Count == 1)).Single().Value);
    }

    [PrometheusFact]
    public async Task Every_query_of_the_dashboard_returns_data()
    {
        using var dashboard = JsonDocument.Parse(await File.ReadAllTextAsync(RepositoryFile.Dashboard));
        var queries = dashboard.RootElement.GetProperty("panels").EnumerateArray()
            .Where(panel => panel.TryGetProperty("targets", out _))
            .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
            .Select(target => target.GetProperty("expr").GetString()!)
            .ToList();
        Assert.True(queries.Count > 25);

        foreach (var query in queries)
        {
            var filledIn = query.Replace("$job", "ids", StringComparison.Ordinal)
                .Replace("$instance", ".*", StringComparison.Ordinal)
                .Replace("$cluster", ".*", StringComparison.Ordinal)
                .Replace("$namespace", ".*", StringComparison.Ordinal)
                .Replace("$release", ".*", StringComparison.Ordinal)
                .Replace("$__rate_interval", "15s", StringComparison.Ordinal);
            await nodes.Prometheus.UntilAsync(filledIn, found => found.Any(series => !double.IsNaN(series.Value)));
        }
    }

    [PrometheusFact]
    public async Task Every_alert_can_be_evaluated_and_none_of_a_healthy_release_fires()
    {
        await nodes.Prometheus.UntilAsync("increase(id_generator_clock_steps_total[1m])", found => found.Count == 2);
        var since = DateTimeOffset.UtcNow;
        var rules = await Eventually.ReturnsAsync(
            async () => (await nodes.Prometheus.GetAsync("/api/v1/rules")).GetProperty("data").GetProperty("groups")[0]
                .GetProperty("rules").EnumerateArray().ToList(),
            rules => rules.All(rule => rule.GetProperty("lastEvaluation").GetDateTimeOffset() > since));

        Assert.All(rules, rule => Assert.True(rule.GetProperty("health").GetString() == "ok", rule.ToString()));
        Assert.All(rules, rule => Assert.True(rule.GetProperty("state").GetString() != "firing", rule.ToString()));
    }

    private static Func<IReadOnlyList<(JsonElement Labels, double Value)>, bool> IsSome(double above) =>
        found => found.Count == 1 && found[0].Value > above;

    [GeneratedRegex(@"`(sum\(rate\(.*\)\))`")]
    private static partial Regex AutoscalerQuery();
}
