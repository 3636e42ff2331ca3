using System.Text.Json.Serialization.Metadata;

namespace IdGenerator.Kubernetes;

/// <summary>A namespaced kind: where the API server has it, and how it is written.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version in that group, such as <c>v1</c>.</param>
/// <param name="Plural">The name in paths and in RBAC rules, such as <c>leases</c>.</param>
/// <param name="Json">From a source-generated context that has the options of <see cref="KubernetesJson"/>.</param>
public sealed record ApiResource<T>(string Group, string Version, string Plural, JsonTypeInfo<T> Json)
    where T : ApiObject
{
    /// <summary>As messages of the API server and <c>kubectl</c> have it: <c>leases.coordination.k8s.io</c>.</summary>
    public string FullName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    internal string PathIn(string ns) =>
        (Group.Length == 0 ? $"api/{Version}" : $"apis/{Group}/{Version}") + $"/namespaces/{ns}/{Plural}";
}
