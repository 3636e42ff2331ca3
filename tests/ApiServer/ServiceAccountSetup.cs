using System.Text.Json.Nodes;

namespace IdGenerator.ApiServer;

/// <summary>Makes a namespace with a service account and a role, and waits until the API server acts on the role.</summary>
internal static class ServiceAccountSetup
{
    private const string Rbac = "apis/rbac.authorization.k8s.io/v1/namespaces";

    /// <returns>A token of the account.</returns>
    public static async Task<string> CreateAsync(AdminApi admin, string ns, string name, IReadOnlyList<RoleRule> rules)
    {
        await admin.CreateAsync("api/v1/namespaces", Named(ns));
        await admin.CreateAsync($"api/v1/namespaces/{ns}/serviceaccounts", Named(name));
        await admin.CreateAsync($"{Rbac}/{ns}/roles", Role(name, rules));
        await admin.CreateAsync($"{Rbac}/{ns}/rolebindings", Binding(ns, name));
        foreach (var rule in rules)
        {
            foreach (var verb in rule.Verbs)
            {
                await Eventually.IsTrueAsync(
                    () => IsAllowedAsync(admin, ns, name, rule, verb), $"{verb} {rule.Resource} is allowed");
            }
        }

        var token = await admin.CreateAsync($"api/v1/namespaces/{ns}/serviceaccounts/{name}/token", new JsonObject
        {
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["kind"] = "TokenRequest",
            ["spec"] = new JsonObject { ["expirationSeconds"] = 3_600 },
        });
        return (string)token["status"]!["token"]!;
    }

    private static JsonObject Named(string name) => new() { ["metadata"] = new JsonObject { ["name"] = name } };

    private static JsonObject Role(string name, IReadOnlyList<RoleRule> rules)
    {
        var role = Named(name);
        role["rules"] = new JsonArray([.. rules.Where(rule => rule.Verbs.Length > 0).Select(rule => new JsonObject
        {
            ["apiGroups"] = new JsonArray(rule.Group),
            ["resources"] = new JsonArray(rule.Resource),
            ["verbs"] = new JsonArray([.. rule.Verbs.Select(verb => JsonValue.Create(verb))]),
        })]);
        return role;
    }

    private static JsonObject Binding(string ns, string name)
    {
        var binding = Named(name);
        binding["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = name };
        binding["subjects"] = new JsonArray(
            new JsonObject { ["kind"] = "ServiceAccount", ["namespace"] = ns, ["name"] = name });
        return binding;
    }

    private static async Task<bool> IsAllowedAsync(AdminApi admin, string ns, string name, RoleRule rule, string verb)
    {
        var review = await admin.CreateAsync("apis/authorization.k8s.io/v1/subjectaccessreviews", new JsonObject
        {
            ["spec"] = new JsonObject
            {
                ["user"] = $"system:serviceaccount:{ns}:{name}",
                ["resourceAttributes"] = new JsonObject
                {
                    ["namespace"] = ns,
                    ["group"] = rule.Group,
                    ["resource"] = rule.Resource,
                    ["verb"] = verb,
                },
            },
        });
        return (bool)review["status"]!["allowed"]!;
    }
}
