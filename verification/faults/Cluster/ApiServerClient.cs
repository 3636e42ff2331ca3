using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using IdGenerator.ApiServer;

namespace IdGenerator.Faults;

/// <summary>Bare requests to the real API server; not the service's own client, which is under test.</summary>
internal sealed class ApiServerClient : IDisposable
{
    private readonly HttpClient _http;

    public ApiServerClient(ControlPlane deployment)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(deployment.AuthorityFile);
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = new() { CertificateChainPolicy = policy } };
        _http = new(handler) { BaseAddress = deployment.Server, Timeout = TimeSpan.FromSeconds(20) };
    }

    public async Task<(int Status, byte[] Body)> SendAsync(
        string method, string path, string? authorization, byte[]? body = null, string? contentType = null)
    {
        using var request = new HttpRequestMessage(new(method), new Uri(path, UriKind.Relative));
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        request.Headers.Accept.Add(new("application/json"));
        if (body is { Length: > 0 })
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType ?? "application/json");
        }

        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync());
    }

    public void Dispose() => _http.Dispose();
}
