using YamlDotNet.Serialization;

namespace IdGenerator.Kubernetes;

/// <summary>The parts of a kubeconfig file (kubernetes.io/docs/reference/config-api/kubeconfig.v1) that are used.</summary>
internal sealed class KubeConfigDocument
{
    public string? CurrentContext { get; set; }

    public List<NamedContext> Contexts { get; set; } = [];

    public List<NamedCluster> Clusters { get; set; } = [];

    public List<NamedUser> Users { get; set; } = [];

    internal sealed class NamedContext
    {
        public string? Name { get; set; }

        public ContextEntry? Context { get; set; }
    }

    internal sealed class NamedCluster
    {
        public string? Name { get; set; }

        public ClusterEntry? Cluster { get; set; }
    }

    internal sealed class NamedUser
    {
        public string? Name { get; set; }

        public UserEntry? User { get; set; }
    }

    internal sealed class ContextEntry
    {
        public string? Cluster { get; set; }

        public string? User { get; set; }

        public string? Namespace { get; set; }
    }

    internal sealed class ClusterEntry
    {
        public string? Server { get; set; }

        public string? CertificateAuthority { get; set; }

        public string? CertificateAuthorityData { get; set; }

        public bool InsecureSkipTlsVerify { get; set; }
    }

    internal sealed class UserEntry
    {
        public string? Token { get; set; }

        [YamlMember(Alias = "tokenFile", ApplyNamingConventions = false)]
        public string? TokenFile { get; set; }

        public string? ClientCertificate { get; set; }

        public string? ClientCertificateData { get; set; }

        public string? ClientKey { get; set; }

        public string? ClientKeyData { get; set; }

        public string? Username { get; set; }

        public object? Exec { get; set; }

        public object? AuthProvider { get; set; }
    }
}
