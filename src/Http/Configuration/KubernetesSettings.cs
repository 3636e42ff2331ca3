using System.Text.RegularExpressions;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesLeases;

namespace IdGenerator.Http.Configuration;

/// <summary>How the API server is reached, and what the objects of this release are called.</summary>
/// <param name="Config">Where the API server is, and how it is reached.</param>
/// <param name="Options">How it is called.</param>
/// <param name="Release">The name with which those of Leases and membership begin.</param>
/// <param name="Chart">What the chart has made for the pods and left to them to remove; null where nobody says so.</param>
public sealed partial record KubernetesSettings(KubernetesConfig Config, KubernetesOptions Options, string Release, ChartObjects? Chart)
{
    /// <returns>Null where the reader was told of a fault.</returns>
    public static KubernetesSettings? Read(SettingsReader reader)
    {
        var options = new KubernetesOptions { TimeoutSeconds = reader.Number("Kubernetes:TimeoutSeconds", 5, 1, 60) };
        var release = reader.Text("RELEASE_NAME") ?? "id-generator";
        if (!ReleaseName().IsMatch(release))
        {
            reader.Faults.Add(
                $"RELEASE_NAME is \"{release}\"; allowed are 1 to 53 small letters, digits and dashes, no dash first or last.");
        }

        try
        {
            return new(KubernetesConfig.Load(reader.Text), options, release, ReadChart(reader));
        }
        catch (KubernetesConfigException e)
        {
            reader.Faults.Add($"LEASE_STORE or CLUSTERING is kubernetes, which cannot be reached: {e.Message}");
            return null;
        }
    }

    private static ChartObjects? ReadChart(SettingsReader reader) =>
        reader.Text("Chart:Name") is { } name ? new(name, reader.Text("Chart:ServiceAccount")) : null;

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$")]
    private static partial Regex ReleaseName();
}
