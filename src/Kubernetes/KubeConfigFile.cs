using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;

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
            var file = KubeConfigNode.Parse(File.ReadAllText(path));
            return Resolve(file, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!);
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

    private static KubernetesConfig Resolve(KubeConfigNode file, string directory)
    {
        var current = file["current-context"].Text;
        var context = file["contexts"].Named(current, "context");
        if (context.IsAbsent)
            throw new KubernetesConfigException("current-context names no context of the file (kubectl config use-context).");
        var cluster = file["clusters"].Named(context["cluster"].Text, "cluster");
        if (cluster.IsAbsent) throw new KubernetesConfigException($"the context {current} names no cluster of the file.");
        var user = file["users"].Named(context["user"].Text, "user");
        if (!user["exec"].IsAbsent || !user["auth-provider"].IsAbsent || !user["username"].IsAbsent)
        {
            throw new KubernetesConfigException(
                $"the user {context["user"].Text} has credentials of a kind that is not supported (exec, auth-provider or a " +
                "password). Use a token or a client certificate: kubectl create token SERVICE-ACCOUNT makes one.");
        }

        // Whatever else YAML may mean by it is not clearly no.
        if (cluster["insecure-skip-tls-verify"].Text is not (null or "false" or "False" or "FALSE"))
        {
            throw new KubernetesConfigException(
                $"the cluster {context["cluster"].Text} has insecure-skip-tls-verify, with which whoever answers is given the token " +
                "and says which timestamps are used up. Name its authority instead: certificate-authority or " +
                "certificate-authority-data.");
        }

        var authority = Pem(cluster, "certificate-authority", directory);
        var certificate = Pem(user, "client-certificate", directory);
        var key = Pem(user, "client-key", directory);
        return new()
        {
            Server = Uri.TryCreate(cluster["server"].Text, UriKind.Absolute, out var server)
                ? server
                : throw new KubernetesConfigException($"the cluster {context["cluster"].Text} has no server address."),
            Namespace = context["namespace"].Text ?? "default",
            Authorities = authority is null ? null : Authorities(authority),
            AuthorityFile = cluster["certificate-authority-data"].IsAbsent && cluster["certificate-authority"].Text is { } authorityFile
                ? System.IO.Path.Combine(directory, authorityFile)
                : null,
            ClientCertificate = certificate is null || key is null ? null : ClientCertificate(certificate, key),
            Token = user["token"].Text,
            TokenFile = user["tokenFile"].Text is { } tokenFile ? System.IO.Path.Combine(directory, tokenFile) : null,
        };
    }

    /// <summary>A certificate or key: in the file, or in one of its own that it names.</summary>
    private static string? Pem(KubeConfigNode owner, string name, string directory) =>
        owner[$"{name}-data"].Text is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
        : owner[name].Text is { } path ? File.ReadAllText(System.IO.Path.Combine(directory, path))
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
