using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IdGenerator.Kubernetes;

/// <summary>
/// A node of a kubeconfig file, which is YAML (kubernetes.io/docs/reference/config-api/kubeconfig.v1). Where the file has none,
/// there is an absent one, so that a path can be followed to its end: <c>root["clusters"]</c>.
/// </summary>
internal readonly struct KubeConfigNode(YamlNode? node)
{
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public static KubeConfigNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return new(stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null);
    }

    /// <summary>What has this name in a mapping.</summary>
    public KubeConfigNode this[string name] => new(
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(name), out var value) ? value : null);

    public bool IsAbsent => node is null or YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" };

    /// <summary>The text of a scalar; null where there is none.</summary>
    public string? Text => !IsAbsent && node is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;

    /// <summary>
    /// The item with this name in a list such as <c>clusters</c>, whose items have a name and what it stands for:
    /// <c>{ name: prod, cluster: { … } }</c>.
    /// </summary>
    public KubeConfigNode Named(string? name, string kind)
    {
        if (name is null || node is not YamlSequenceNode list) return default;
        return list.Select(item => new KubeConfigNode(item)).FirstOrDefault(item => item["name"].Text == name)[kind];
    }
}
