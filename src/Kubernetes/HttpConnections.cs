using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace IdGenerator.Kubernetes;

/// <summary>Makes the HTTP client that talks to one API server.</summary>
internal static class HttpConnections
{
    public static HttpClient Open(KubernetesConfig config, TimeSpan timeout) => new(
        new SocketsHttpHandler
        {
            SslOptions = Tls(config),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            // Within the time-out of an attempt, which is cut short by the injected clock; this one only lets go of a
            // socket that nobody waits for any more, so that the next attempt opens another.
            ConnectTimeout = timeout,
            // Moves on to other replicas of the API server in time, and drops idle connections before the server does.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            // Many workers in one process start at once.
            MaxConnectionsPerServer = 32,
        },
        disposeHandler: true)
    {
        BaseAddress = new Uri(config.Server.AbsoluteUri.TrimEnd('/') + "/"),
        // One request a connection at a time: giving up on one closes it, so a dead connection is never met twice. HTTP/2
        // would queue everything on it.
        DefaultRequestVersion = HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Timeout.InfiniteTimeSpan,
        // etcd's limit for an object is 1.5 MiB.
        MaxResponseContentBufferSize = 8 << 20,
    };

    private static SslClientAuthenticationOptions Tls(KubernetesConfig config)
    {
        var tls = new SslClientAuthenticationOptions();
        if (config.ClientCertificate is { } certificate)
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        if (config.Authorities is { } authorities)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                // Authorities of clusters publish no revocation lists.
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.AddRange(authorities);
            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }
}
