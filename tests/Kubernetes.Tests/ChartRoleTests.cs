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
        var chart = Rule().Matches(File.ReadAllText(RolePath()))
            .Select(rule => $"{rule.Groups[1].Value.Trim('"')}/{rule.Groups[2].Value}: {rule.Groups[3].Value}");

        var silo = RoleRule.Silo.Select(rule => $"{rule.Group}/{rule.Resource}: {string.Join(", ", rule.Verbs)}");

        Assert.Equal(silo.Order(), chart.Order());
    }

    private static string RolePath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "../../helm/id-generator/templates/role.yaml");

    [GeneratedRegex(@"apiGroups: \[(.*)\]\s+resources: \[(.*)\]\s+verbs: \[(.*)\]")]
    private static partial Regex Rule();
}
