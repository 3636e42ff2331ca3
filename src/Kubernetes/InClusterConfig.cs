using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdGenerator.Kubernetes;

/// <summary>
/// What the kubelet gives every pod: the address of the API server in the environment, and a directory with the token,
/// namespace and authorities of its service account
/// (kubernetes.io/docs/tasks/run-application/access-api-from-pod).
/// </summary>
public static class InClusterConfig
{
    /// <summary>Names another service-account directory, for tests and for tokens that are mounted elsewhere.</summary>
    public const string DirectoryVariable = "KUBERNETES_SERVICE_ACCOUNT_DIRECTORY";

    private const string DefaultDirectory = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>This process runs in a pod.</summary>
    public static bool IsPresent(Func<string, string?> environment) =>
        !string.IsNullOrEmpty(environment("KUBERNETES_SERVICE_HOST"));

    /// <inheritdoc cref="KubernetesConfig.Load"/>
    public static KubernetesConfig Load(Func<string, string?> environment)
    {
        var directory = environment(DirectoryVariable) is { Length: > 0 } set ? set : DefaultDirectory;
        var tokenFile = Path.Combine(directory, "token");
        if (!File.Exists(tokenFile))
        {
            throw new KubernetesConfigException(
                $"{tokenFile} does not exist: set automountServiceAccountToken: true in the pod's spec.");
        }

        try
        {
            var authorityFile = Path.Combine(directory, "ca.crt");
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(authorityFile);
            return new()
            {
                Server = Address(environment("KUBERNETES_SERVICE_HOST")!, environment("KUBERNETES_SERVICE_PORT")),
                Namespace = File.ReadAllText(Path.Combine(directory, "namespace")).Trim(),
                Authorities = authorities,
                AuthorityFile = authorityFile,
                TokenFile = tokenFile,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or FormatException)
        {
            throw new KubernetesConfigException($"The service account in {directory} cannot be used: {e.Message}", e);
        }
    }

    // UriBuilder puts an IPv6 address, which the variable has bare, into brackets.
    private static Uri Address(string host, string? port) =>
        new UriBuilder("https", host, string.IsNullOrEmpty(port) ? 443 : int.Parse(port, provider: null)).Uri;
}
