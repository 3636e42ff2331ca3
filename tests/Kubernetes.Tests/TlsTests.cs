using System.Security.Cryptography.X509Certificates;
using IdGenerator.ApiServer;

namespace IdGenerator.Kubernetes.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly CertificateAuthority _authority = new();
    private readonly CertificateAuthority _other = new();

    [Fact]
    public async Task A_server_that_the_given_authority_vouches_for_is_trusted() =>
        Assert.True(await ReachesAsync(config => config with { Authorities = Trust(_authority) }));

    [Fact]
    public async Task No_other_authority_is_trusted() =>
        Assert.False(await ReachesAsync(config => config with { Authorities = Trust(_other) }));

    [Fact]
    public async Task Without_an_authority_the_systems_decide() => Assert.False(await ReachesAsync(config => config));

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
    }

    private async Task<bool> ReachesAsync(Func<KubernetesConfig, KubernetesConfig> with)
    {
        using var certificate = _authority.IssueServer();
        await using var server = await ScriptedServer.StartAsync(certificate, Answers.Lease);
        var config = with(new() { Server = server.Address });
        using var client = new KubernetesClient(config, new(), TimeProvider.System, new Retries());
        try
        {
            return (await client.CreateAsync(Lease.Resource, new Lease(), default)).IsDone;
        }
        catch (KubernetesApiException e) when (e.Message.Contains("certificate", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static X509Certificate2Collection Trust(CertificateAuthority authority)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(authority.Pem);
        return trusted;
    }
}
