using IdGenerator.ApiServer;

namespace IdGenerator.Kubernetes.Tests;

public sealed class InClusterConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly Dictionary<string, string> _environment = [];

    public InClusterConfigTests()
    {
        using var authority = new CertificateAuthority();
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), authority.Pem);
        File.WriteAllText(Path.Combine(_directory, "namespace"), "ids\n");
        File.WriteAllText(Path.Combine(_directory, "token"), "secret\n");
        _environment[InClusterConfig.DirectoryVariable] = _directory;
    }

    [Theory]
    [InlineData("10.0.0.1", "6443", "https://10.0.0.1:6443/")]
    [InlineData("fd00::1", "6443", "https://[fd00::1]:6443/")]
    [InlineData("kubernetes.default", null, "https://kubernetes.default/")]
    public void A_pod_finds_its_API_server(string host, string? port, string server)
    {
        _environment["KUBERNETES_SERVICE_HOST"] = host;
        if (port is not null) _environment["KUBERNETES_SERVICE_PORT"] = port;
        var config = KubernetesConfig.Load(_environment.GetValueOrDefault);
        Assert.Equal(server, config.Server.AbsoluteUri);
        Assert.Equal("ids", config.Namespace);
        Assert.Single(config.Authorities!);
        Assert.Equal(Path.Combine(_directory, "ca.crt"), config.AuthorityFile);
        Assert.Equal(Path.Combine(_directory, "token"), config.TokenFile);
    }

    [Fact]
    public void Outside_a_pod_the_kubeconfig_file_is_used()
    {
        _environment["KUBECONFIG"] = Path.Combine(_directory, "absent");
        var e = Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(_environment.GetValueOrDefault));
        Assert.Contains("KUBECONFIG names the file to use", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token", "automountServiceAccountToken")]
    [InlineData("ca.crt", "ca.crt")]
    [InlineData("namespace", "namespace")]
    public void A_missing_file_is_named(string file, string named)
    {
        _environment["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";
        File.Delete(Path.Combine(_directory, file));
        var e = Assert.Throws<KubernetesConfigException>(() => KubernetesConfig.Load(_environment.GetValueOrDefault));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
