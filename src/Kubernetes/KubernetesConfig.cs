using System.Security.Cryptography.X509Certificates;

namespace IdGenerator.Kubernetes;

/// <summary>Where the API server is, how it proves itself, and how this process does.</summary>
public sealed record KubernetesConfig
{
    public required Uri Server { get; init; }

    /// <summary>The namespace of all objects that are read and written.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The only authorities that may vouch for the server; null for those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The file of <see cref="Authorities"/>, where it may be replaced while this process runs.</summary>
    public string? AuthorityFile { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    public string? Token { get; init; }

    /// <summary>A file with a token that is replaced from time to time; comes before <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>The pod's own service account inside a cluster; outside, the current context of the kubeconfig file.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <exception cref="KubernetesConfigException">There is no usable configuration.</exception>
    public static KubernetesConfig Load(Func<string, string?> environment) =>
        InClusterConfig.IsPresent(environment)
            ? InClusterConfig.Load(environment)
            : KubeConfigFile.Load(KubeConfigFile.Path(environment));
}
