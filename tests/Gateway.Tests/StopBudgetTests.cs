using System.Globalization;
using System.Text.RegularExpressions;
using IdGenerator.Http.Hosting;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

public sealed partial class StopBudgetTests
{
    [Fact]
    public void The_charts_grace_period_is_the_drain_and_all_steps_of_a_stop_together()
    {
        var chart = File.ReadAllText(Repository.PathOf("helm/id-generator/templates/statefulset.yaml"));
        var seconds = int.Parse(GracePeriod().Match(chart).Groups[1].Value, CultureInfo.InvariantCulture);

        Assert.Equal(StopBudget.Requests + StopBudget.Release + StopBudget.Rights + StopBudget.End, TimeSpan.FromSeconds(seconds));
    }

    [GeneratedRegex(@"terminationGracePeriodSeconds: \{\{ add \$drain (\d+) \}\}")]
    private static partial Regex GracePeriod();
}
