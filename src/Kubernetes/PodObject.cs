using System.Text.Json;

namespace IdGenerator.Kubernetes;

/// <summary>
/// How objects are marked that pods make for their release, and that outlive it. Tools that deploy a release find its objects by
/// <c>app.kubernetes.io/instance</c> and delete those that their sources do not name: what pods make carries a label of its own
/// instead, and asks the tools that can be asked to leave it alone.
/// </summary>
public static class PodObject
{
    /// <summary>The label whose value is the release.</summary>
    public const string ReleaseLabel = "id-generator/release";

    private static readonly Dictionary<string, string> Kept = new()
    {
        // argo-cd.readthedocs.io: user-guide/compare-options, user-guide/sync-options
        ["argocd.argoproj.io/compare-options"] = "IgnoreExtraneous",
        ["argocd.argoproj.io/sync-options"] = "Prune=false,Delete=false",
        // helm.sh/docs/howto/charts_tips_and_tricks, "Tell Helm Not To Uninstall a Resource"
        ["helm.sh/resource-policy"] = "keep",
        // fluxcd.io/flux/components/kustomize/kustomizations, "Prune"
        ["kustomize.toolkit.fluxcd.io/prune"] = "disabled",
    };

    // One empty entry.
    private static readonly JsonElement[] NoNotes = [JsonDocument.Parse("{}").RootElement];

    private static readonly string[] ToolLabels = ["app.kubernetes.io/name", "app.kubernetes.io/instance"];

    /// <summary>
    /// Marks an object, also one of an earlier release of this program, which put the labels on it that tools own. What others have put on
    /// it stays.
    /// <para>
    /// Takes off what the server notes about who has written which field. Nobody needs that of an object that one program writes every few
    /// seconds, and without them a renewal writes 55 % as much (docs/performance.md). The server makes no new notes where there are none
    /// (kubernetes.io/docs/reference/using-api/server-side-apply, "Clearing managedFields").
    /// </para>
    /// </summary>
    public static ObjectMeta Mark(ObjectMeta metadata, string release)
    {
        var labels = new Dictionary<string, string>(metadata.Labels ?? new Dictionary<string, string>());
        if (labels.GetValueOrDefault(ToolLabels[0]) == "id-generator")
        {
            foreach (var label in ToolLabels) labels.Remove(label);
        }

        labels[ReleaseLabel] = release;
        var annotations = new Dictionary<string, string>(metadata.Annotations ?? new Dictionary<string, string>());
        foreach (var (key, value) in Kept) annotations[key] = value;
        return metadata with { Labels = labels, Annotations = annotations, ManagedFields = NoNotes };
    }
}
