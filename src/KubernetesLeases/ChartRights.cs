using System.Text.Json.Nodes;
using IdGenerator.Kubernetes;

namespace IdGenerator.KubernetesLeases;

/// <summary>
/// The service account, Role and RoleBinding of the pods. <c>helm uninstall</c> deletes such objects before any pod has been told to stop,
/// and without them no pod could give its worker ID back. The chart therefore tells Helm to leave them, and the last pod removes them.
/// </summary>
/// <param name="client">Of the release's namespace.</param>
/// <param name="chart">What the chart has made.</param>
public sealed class ChartRights(KubernetesClient client, ChartObjects chart)
{
    private const string RbacGroup = "rbac.authorization.k8s.io";

    private static readonly ApiResource<AnyObject> StatefulSets = AnyObject.Resource("apps", "statefulsets");
    private static readonly ApiResource<AnyObject> ServiceAccounts = AnyObject.Resource("", "serviceaccounts");
    private static readonly ApiResource<AnyObject> Roles = AnyObject.Resource(RbacGroup, "roles");
    private static readonly ApiResource<AnyObject> RoleBindings = AnyObject.Resource(RbacGroup, "rolebindings");

    /// <summary>
    /// Removes them if the release was uninstalled, which is when its StatefulSet is gone, and no worker of it holds a Lease any more. To
    /// be called by a pod that has just given its own Lease back: of several that end at the same time, the last one to do so sees
    /// that the others have.
    /// </summary>
    /// <returns>True where this pod has removed them.</returns>
    /// <exception cref="KubernetesApiException">The API server did not answer.</exception>
    public async Task<bool> RemoveIfLastAsync(CancellationToken cancellation)
    {
        // A pod that ends for any other reason learns so from the first answer. The second look is for a release that was installed
        // again meanwhile, and has taken the objects over.
        if (!await IsUninstalledAsync(cancellation)) return false;
        if ((await client.GetAsync(Roles, chart.Name, cancellation)).Value is not { } role) return false;
        foreach (var lease in LeasesOf(role))
        {
            if (!await IsFreeAsync(lease, cancellation)) return false;
        }

        return await IsUninstalledAsync(cancellation) && await RemoveAsync(cancellation);
    }

    private async Task<bool> IsUninstalledAsync(CancellationToken cancellation) =>
        (await client.GetAsync(StatefulSets, chart.Name, cancellation)).Outcome == ApiOutcome.Absent;

    /// <summary>The Role names the Lease of every worker ID that the release can have.</summary>
    private static IEnumerable<string> LeasesOf(AnyObject role) =>
        from rule in role.Rest!["rules"].EnumerateArray()
        where rule.GetProperty("resources").EnumerateArray().Any(resource => resource.ValueEquals("leases"))
        where rule.TryGetProperty("resourceNames", out _)
        from name in rule.GetProperty("resourceNames").EnumerateArray()
        select name.GetString();

    private async Task<bool> IsFreeAsync(string name, CancellationToken cancellation)
    {
        var lease = await client.GetAsync(Lease.Resource, name, cancellation);
        return lease.Outcome == ApiOutcome.Absent || lease.Value is { Spec.HolderIdentity: null };
    }

    /// <summary>
    /// Whichever of the three is deleted first takes away the right to delete the others. So one becomes the owner of the others, and
    /// when it is deleted, Kubernetes' garbage collector removes those.
    /// </summary>
    private Task<bool> RemoveAsync(CancellationToken cancellation) => chart.ServiceAccount is { } account
        ? RemoveAsync(ServiceAccounts, account, "v1", "ServiceAccount", [RoleBindings, Roles], cancellation)
        : RemoveAsync(Roles, chart.Name, $"{RbacGroup}/v1", "Role", [RoleBindings], cancellation);

    private async Task<bool> RemoveAsync(
        ApiResource<AnyObject> kind, string name, string apiVersion, string kindName, ApiResource<AnyObject>[] owned, CancellationToken cancellation)
    {
        if (await client.GetAsync(kind, name, cancellation) is not { Value.Metadata.Uid: { } uid }) return false;
        foreach (var dependent in owned)
        {
            var owner = new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kindName, ["name"] = name, ["uid"] = uid };
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["ownerReferences"] = new JsonArray(owner) } };
            if (!(await client.PatchAsync(dependent, chart.Name, patch, cancellation)).IsDone) return false;
        }

        return await client.DeleteAsync(kind, name, uid, cancellation) == ApiOutcome.Done;
    }
}
