using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Observability.Tests;

public sealed partial class AlertTests
{
    [PrometheusFact]
    public async Task Promtool_accepts_the_rules_and_their_tests_pass()
    {
        var (exitCode, output, errors) = await ChildProcess.RunAsync("promtool", ["check", "rules", RepositoryFile.Alerts]);
        Assert.True(exitCode == 0, output + errors);

        (exitCode, output, errors) = await ChildProcess.RunAsync("promtool", ["test", "rules", .. RepositoryFile.AlertTests]);
        Assert.True(exitCode == 0, output + errors);
    }

    [Fact]
    public void Every_alert_is_tested_firing_and_quiet()
    {
        var tests = string.Concat(RepositoryFile.AlertTests.Select(File.ReadAllText));
        var quiet = QuietTest().Matches(tests).Select(match => match.Groups[1].Value).ToHashSet();
        var firing = FiringTest().Matches(tests).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.NotEmpty(Alerts());
        Assert.All(Alerts(), alert => Assert.Contains(alert, quiet));
        Assert.All(Alerts(), alert => Assert.Contains(alert, firing));
    }

    [Fact]
    public void Every_alert_links_to_its_heading_in_the_operations_page()
    {
        var rules = File.ReadAllText(RepositoryFile.Alerts);
        var headings = File.ReadAllLines(Repository.PathOf("docs/operations.md"));

        Assert.All(Alerts(), alert => Assert.Contains($"### {alert}", headings));
        Assert.All(Alerts(), alert => Assert.Contains($"#{Anchor(alert)}\n", rules, StringComparison.Ordinal));
        Assert.Equal(Alerts(), headings.Where(line => line.StartsWith("### IdGenerator", StringComparison.Ordinal)).Select(line => line[4..]).Order());
    }

    private static List<string> Alerts() =>
        [.. Alert().Matches(File.ReadAllText(RepositoryFile.Alerts)).Select(match => match.Groups[1].Value).Order()];

    // GitHub's anchor of a heading of one word.
    private static string Anchor(string heading) => string.Concat(heading.Select(char.ToLowerInvariant));

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\{alertname: (\w+), .*exp_alerts: \[\]\}")]
    private static partial Regex QuietTest();

    [GeneratedRegex(@"- alertname: (\w+)\n.*\n\s+exp_alerts:\n")]
    private static partial Regex FiringTest();
}
