using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using IdGenerator.ApiServer;

namespace IdGenerator.Kubernetes.Tests;

public sealed partial class ChartRoleTests
{
    /// <summary>With these rules the tests against the API server run, and without one of them they fail.</summary>
    [Fact]
    public void The_charts_role_has_the_verbs_that_the_silo_needs_and_no_others()
    {
        // One rule of the chart is for objects with given names, another for those that do not exist yet.
        var chart = Rule().Matches(File.ReadAllText(RolePath())).SelectMany(rule =>
            rule.Groups[3].Value.Split(", ").Select(verb => $"{rule.Groups[1].Value.Trim('"')}/{rule.Groups[2].Value}: {verb}"));

        var silo = RoleRule.Silo.SelectMany(rule => rule.Verbs.Select(verb => $"{rule.Group}/{rule.Resource}: {verb}"));

        Assert.Equal(silo.Order(), chart.Order());
    }

    private static string RolePath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "../../helm/id-generator/templates/role.yaml");

    [GeneratedRegex(@"apiGroups: \[(.*)\]\s+resources: \[(.*)\](?:\s+resourceNames: .*)?\s+verbs: \[(.*)\]")]
    private static partial Regex Rule();
}
