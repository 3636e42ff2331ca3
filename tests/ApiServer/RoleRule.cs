namespace IdGenerator.ApiServer;

/// <summary>A rule of an RBAC role. The core group is <c>""</c>.</summary>
public sealed record RoleRule(string Group, string Resource, params string[] Verbs)
{
    /// <summary>What a worker needs, and all that it needs; the chart's role is the same.</summary>
    public static RoleRule[] Worker { get; } =
    [
        new("coordination.k8s.io", "leases", "get", "create", "update"),
        new("", "events", "create"),
    ];

    /// <summary>
    /// What a silo needs: the worker's role, all leases at once, the ConfigMaps of the membership, and its own rights, which the last pod
    /// removes.
    /// </summary>
    public static RoleRule[] Silo { get; } =
    [
        new("coordination.k8s.io", "leases", "get", "list", "create", "update"),
        new("", "events", "create"),
        new("", "configmaps", "get", "create", "update", "patch"),
        new("apps", "statefulsets", "get"),
        new("", "serviceaccounts", "get", "delete"),
        new("rbac.authorization.k8s.io", "roles", "get", "patch", "delete"),
        new("rbac.authorization.k8s.io", "rolebindings", "patch", "delete"),
    ];

    /// <summary>The worker's role without one verb on leases.</summary>
    public static RoleRule[] WorkerWithout(string verb) =>
        [.. Worker.Select(rule => rule.Resource == "leases" ? rule with { Verbs = [.. rule.Verbs.Except([verb])] } : rule)];
}
