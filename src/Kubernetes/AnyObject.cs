namespace IdGenerator.Kubernetes;

/// <summary>An object of which nothing but its metadata matters here.</summary>
public sealed record AnyObject : ApiObject
{
    /// <param name="group">The API group, such as <c>apps</c>; empty for the core group.</param>
    /// <param name="plural">The name in paths and in RBAC rules, such as <c>statefulsets</c>.</param>
    public static ApiResource<AnyObject> Resource(string group, string plural) =>
        new(group, "v1", plural, KubernetesJson.Default.AnyObject);
}
