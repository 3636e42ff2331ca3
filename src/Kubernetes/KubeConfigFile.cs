using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace IdGenerator.Kubernetes;

/// <summary>
/// The current context of a kubeconfig file, for use outside a cluster
/// (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig). Certificates and tokens are supported;
/// programs that fetch credentials, passwords and lists of several files are not, and are refused in so many words.
/// </summary>
internal static class KubeConfigFile
{
    public static string Path(Func<string, string?> environment)
    {
        if (environment("KUBECONFIG") is not { Length: > 0 } path)
            return System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");

        return path.Contains(System.IO.Path.PathSeparator)
            ? throw new KubernetesConfigException($"KUBECONFIG is {path}: set it to a single file.")
            : path;
    }

    /// <inheritdoc cref="KubernetesConfig.Load"/>
    public static KubernetesConfig Load(string path)
    {
        try
        {
            var yaml = new DeserializerBuilder()
                .WithNamingConvention(HyphenatedNamingConvention.Instance)
                .IgnoreUnmatchedProperties()
                .Build();
            var document = yaml.Deserialize<KubeConfigDocument?>(File.ReadAllText(path)) ?? new();
            return Resolve(document, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
        }
        catch (KubernetesConfigException e)
        {
            throw new KubernetesConfigException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigException(
                $"{path} cannot be read: {e.Message} Outside a cluster, KUBECONFIG names the file to use.", e);
        }
        catch (Exception e) when (e is YamlException or FormatException or CryptographicException)
        {
            throw new KubernetesConfigException($"{path} is not a kubeconfig file that can be used: {e.Message}", e);
        }
    }

    private static KubernetesConfig Resolve(KubeConfigDocument document, string directory)
    {
        var context = document.Contexts.FirstOrDefault(item => item.Name == document.CurrentContext)?.Context
            ?? throw new KubernetesConfigException("current-context names no context of the file (kubectl config use-context).");
        var cluster = document.Clusters.FirstOrDefault(item => item.Name == context.Cluster)?.Cluster
            ?? throw new KubernetesConfigException($"the context {document.CurrentContext} names no cluster of the file.");
        var user = document.Users.FirstOrDefault(item => item.Name == context.User)?.User ?? new();
        if (user.Exec is not null || user.AuthProvider is not null || user.Username is not null)
        {
            throw new KubernetesConfigException(
                $"the user {context.User} has credentials of a kind that is not supported (exec, auth-provider or a password). " +
                "Use a token or a client certificate: kubectl create token SERVICE-ACCOUNT makes one.");
        }

        if (cluster.InsecureSkipTlsVerify)
        {
            throw new KubernetesConfigException(
                $"the cluster {context.Cluster} has insecure-skip-tls-verify, with which whoever answers is given the token and " +
                "says which timestamps are used up. Name its authority instead: certificate-authority or certificate-authority-data.");
        }

        var authority = Pem(cluster.CertificateAuthorityData, cluster.CertificateAuthority, directory);
        var certificate = Pem(user.ClientCertificateData, user.ClientCertificate, directory);
        var key = Pem(user.ClientKeyData, user.ClientKey, directory);
        return new()
        {
            Server = Uri.TryCreate(cluster.Server, UriKind.Absolute, out var server)
                ? server
                : throw new KubernetesConfigException($"the cluster {context.Cluster} has no server address."),
            Namespace = string.IsNullOrEmpty(context.Namespace) ? "default" : context.Namespace,
            Authorities = authority is null ? null : Authorities(authority),
            ClientCertificate = certificate is null || key is null ? null : ClientCertificate(certificate, key),
            Token = user.Token,
            TokenFile = user.TokenFile is null ? null : System.IO.Path.Combine(directory, user.TokenFile),
        };
    }

    private static string? Pem(string? data, string? file, string directory) =>
        data is { Length: > 0 } ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
        : file is { Length: > 0 } ? File.ReadAllText(System.IO.Path.Combine(directory, file))
        : null;

    private static X509Certificate2Collection Authorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities;
    }

    private static X509Certificate2 ClientCertificate(string certificate, string key)
    {
        // By way of PKCS #12, because TLS on Windows cannot use a key that was only ever in memory.
        using var read = X509Certificate2.CreateFromPem(certificate, key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    }
}
