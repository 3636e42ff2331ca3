using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace IdGenerator.ApiServer;

/// <summary>
/// Sets the stage as an administrator. Bare requests, not the project's own client: that one is under test.
/// </summary>
internal sealed class AdminApi : IDisposable
{
    private readonly HttpClient _http;
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };

    public AdminApi(Uri server, X509Certificate2 user, string authorityPem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(authorityPem);
        _handler.SslOptions = new() { CertificateChainPolicy = policy, ClientCertificates = [user] };
        _http = new(_handler) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(20) };
    }

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri("readyz", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public async Task<JsonNode> CreateAsync(string path, JsonNode value)
    {
        using var response = await _http.PostAsJsonAsync(new Uri(path, UriKind.Relative), value);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(body)!
            : throw new InvalidOperationException($"POST {path}: {(int)response.StatusCode} {body}");
    }

    public void Dispose() => _http.Dispose();
}
