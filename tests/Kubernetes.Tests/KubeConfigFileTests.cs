using System.Security.Cryptography.X509Certificates;
using System.Text;
using IdGenerator.ApiServer;

namespace IdGenerator.Kubernetes.Tests;

public sealed class KubeConfigFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly CertificateAuthority _authority = new();

    [Fact]
    public void The_current_context_is_used_out_of_several()
    {
        var config = Load(
            """
            current-context: second
            clusters:
            - { name: a, cluster: { server: "https://a" } }
            - { name: b, cluster: { server: "https://b:6443", insecure-skip-tls-verify: false } }
            users:
            - { name: a, user: { token: wrong } }
            - { name: b, user: { token: right } }
            contexts:
            - { name: first, context: { cluster: a, user: a } }
            - { name: second, context: { cluster: b, user: b, namespace: ids } }
            """);
        Assert.Equal("https://b:6443/", config.Server.AbsoluteUri);
        Assert.Equal(("right", "ids"), (config.Token, config.Namespace));
    }

    [Fact]
    public void Certificates_and_keys_come_as_data()
    {
        var (certificate, key) = User();
        var config = Load(
            $"certificate-authority-data: {Base64(_authority.Pem)}",
            $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}");
        Assert.Single(config.Authorities!);
        Assert.Null(config.AuthorityFile);
        Assert.True(config.ClientCertificate!.HasPrivateKey);
    }

    [Fact]
    public void Files_are_found_beside_the_kubeconfig_file()
    {
        var (certificate, key) = User();
        File.WriteAllText(Path.Combine(_directory, "ca.pem"), _authority.Pem);
        File.WriteAllText(Path.Combine(_directory, "user.pem"), certificate);
        File.WriteAllText(Path.Combine(_directory, "user.key"), key);
        var config = Load("certificate-authority: ca.pem", "client-certificate: user.pem, client-key: user.key, tokenFile: t");
        Assert.Single(config.Authorities!);
        Assert.Equal(Path.Combine(_directory, "ca.pem"), config.AuthorityFile);
        Assert.True(config.ClientCertificate!.HasPrivateKey);
        Assert.Equal(Path.Combine(_directory, "t"), config.TokenFile);
    }

    [Theory]
    [InlineData("exec: { command: aws }")]
    [InlineData("auth-provider: { name: oidc }")]
    [InlineData("username: me, password: secret")]
    public void Credentials_of_other_kinds_are_refused_in_so_many_words(string user)
    {
        var e = Assert.Throws<KubernetesConfigException>(() => Load("insecure-skip-tls-verify: false", user));
        Assert.Contains("not supported", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cluster_whose_certificate_is_not_to_be_verified_is_refused()
    {
        var e = Assert.Throws<KubernetesConfigException>(() => Load("insecure-skip-tls-verify: true", "token: t"));
        Assert.Contains("certificate-authority-data", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("current-context: gone")]
    [InlineData(": no yaml [")]
    [InlineData("clusters: 5")]
    public void A_file_without_a_usable_context_is_named(string text)
    {
        var e = Assert.Throws<KubernetesConfigException>(() => Load(text));
        Assert.Contains(_directory, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_files_is_refused()
    {
        var e = Assert.Throws<KubernetesConfigException>(() =>
            KubeConfigFile.Path(name => name == "KUBECONFIG" ? $"a{Path.PathSeparator}b" : null));
        Assert.Contains("single file", e.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private KubernetesConfig Load(string cluster, string user) => Load(
        $$"""
        current-context: x
        clusters:
        - { name: x, cluster: { server: "https://x", {{cluster}} } }
        users:
        - { name: x, user: { {{user}} } }
        contexts:
        - { name: x, context: { cluster: x, user: x } }
        """);

    private KubernetesConfig Load(string text)
    {
        var path = Path.Combine(_directory, "config");
        File.WriteAllText(path, text);
        return KubeConfigFile.Load(path);
    }

    private (string Certificate, string Key) User()
    {
        using var user = _authority.IssueUser("me", "us");
        using var key = user.GetECDsaPrivateKey()!;
        return (user.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
