using System.Text.RegularExpressions;
using IdGenerator.Kubernetes;

namespace IdGenerator.Http.Configuration;

/// <summary>How the API server is reached, and what the objects of this release are called.</summary>
public sealed partial record KubernetesSettings(KubernetesConfig Config, KubernetesOptions Options, string Release)
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
            return new(KubernetesConfig.Load(reader.Text), options, release);
        }
        catch (KubernetesConfigException e)
        {
            reader.Faults.Add($"LEASE_STORE or CLUSTERING is kubernetes, which cannot be reached: {e.Message}");
            return null;
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,51}[a-z0-9])?$")]
    private static partial Regex ReleaseName();
}
