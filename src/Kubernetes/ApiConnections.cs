using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IdGenerator.Kubernetes;

/// <summary>
/// The HTTP client to send the next request with. When the authority of a cluster is rotated, the kubelet replaces the mounted file of
/// authorities (kubernetes.io/docs/tasks/tls/manual-rotation-of-ca-certificates), so the file is read again when the last reading is a
/// minute old, or when the certificate of the server was not accepted.
/// <para>
/// Promised: the server's certificate is verified in each handshake, against the last authorities that could be read. A file that
/// is gone, empty or broken changes nothing.
/// </para>
/// </summary>
internal sealed class ApiConnections(KubernetesConfig config, TimeSpan timeout, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private HttpClient _http = HttpConnections.Open(config, timeout);
    private X509Certificate2Collection? _authorities = config.Authorities;
    private long _readAt = time.GetTimestamp();
    private bool _isRejected;

    public HttpClient Current()
    {
        if (config.AuthorityFile is not { } file) return _http;
        lock (_lock)
        {
            if (_isRejected || time.GetElapsedTime(_readAt) >= Fresh) ReadAgain(file);
            return _http;
        }
    }

    /// <summary>The certificate of the server was not accepted: whoever is next reads the file again.</summary>
    public void Reject()
    {
        lock (_lock) _isRejected = true;
    }

    public void Dispose() => _http.Dispose();

    private void ReadAgain(string file)
    {
        _isRejected = false;
        _readAt = time.GetTimestamp();
        if (Read(file) is not { } authorities || IsInUse(authorities)) return;
        _authorities = authorities;
        // The client before is not disposed of, because that would end its requests that are under way. Its connections close when
        // they have been idle for a while.
        _http = HttpConnections.Open(config with { Authorities = authorities }, timeout);
    }

    /// <returns>Null where the file holds no certificates.</returns>
    private static X509Certificate2Collection? Read(string file)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }
    }

    private bool IsInUse(X509Certificate2Collection authorities) =>
        _authorities is { } inUse
        && authorities.Select(authority => authority.Thumbprint).SequenceEqual(inUse.Select(authority => authority.Thumbprint));
}
