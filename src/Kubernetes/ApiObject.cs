using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdGenerator.Kubernetes;

/// <summary>
/// What all kinds have in common. Fields that this program does not know are kept and written back, so that replacing an
/// object takes nothing from others who have written to it.
/// </summary>
public abstract record ApiObject
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public ObjectMeta Metadata { get; init; } = new();

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Rest { get; set; }

    /// <summary>It has what the API server gives to each of its objects.</summary>
    internal virtual bool IsWhole => Metadata is { Name: not null, Uid: not null, ResourceVersion: not null };
}
