using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator.Kubernetes;

/// <summary>The fields of <c>metadata</c> that are used here; the rest passes through untouched.</summary>
public sealed record ObjectMeta
{
    public string? Name { get; init; }

    /// <summary>The server completes it to a name that is free.</summary>
    public string? GenerateName { get; init; }

    public string? Namespace { get; init; }

    /// <summary>Tells an object from another of the same name, created after the first was deleted.</summary>
    public string? Uid { get; init; }

    /// <summary>
    /// Changes with every write, whoever makes it. Opaque: to be compared for equality only
    /// (kubernetes.io/docs/reference/using-api/api-concepts, "Resource versions").
    /// </summary>
    public string? ResourceVersion { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Who has written which field, as the server notes it. Written with one empty entry, it is taken off.</summary>
    public IReadOnlyList<JsonElement>? ManagedFields { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }
}
