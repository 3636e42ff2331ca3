using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdGenerator.Testing;
using Xunit;

namespace IdGenerator.ApiServer;

/// <summary>
/// A real API server on etcd, with RBAC, on free ports of this machine: a collection fixture, or used by itself. Nothing runs
/// where <see cref="Assets"/> are missing, and nothing is left after dispose. There are no controllers, nodes or pods.
/// </summary>
public sealed class ControlPlane : IAsyncLifetime, IAsyncDisposable
{
    // Memory, where there is any: etcd syncs every write.
    private readonly string _directory = Path.Combine(
        Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"control-plane-{Guid.NewGuid():N}");

    private readonly CertificateAuthority _authority = new();
    private readonly int[] _ports = [FreePort.Next(), FreePort.Next(), FreePort.Next()];
    private string[] _apiServerArguments = [];
    private X509Certificate2? _adminCertificate;
    private AdminApi? _admin;
    private ChildProcess? _etcd;
    private ChildProcess? _apiServer;
    private int _accounts;

    public Uri Server => new($"https://127.0.0.1:{_ports[0]}");

    /// <summary>The API of etcd, and its metrics.</summary>
    public Uri Etcd => new($"http://127.0.0.1:{_ports[1]}");

    /// <summary>The IDs of the processes of etcd and of the API server.</summary>
    public IEnumerable<int> Processes => new[] { _etcd, _apiServer }.OfType<ChildProcess>().Select(process => process.Id);

    public string AuthorityFile => Path.Combine(_directory, "ca.crt");

    /// <summary>Path of a kubeconfig file for an administrator, namespace <c>default</c>.</summary>
    public string AdminKubeConfig => Path.Combine(_directory, "admin.kubeconfig");

    public async Task InitializeAsync()
    {
        if (Assets.Directory is null) return;

        try
        {
            await StartAsync();
        }
        catch
        {
            // xunit disposes of no fixture that failed to start.
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the same port and the same data; returns when it is ready.</summary>
    public async Task StartApiServerAsync()
    {
        var started = _apiServer = new(Assets.Program("kube-apiserver"), _apiServerArguments);
        await Eventually.IsTrueAsync(
            () => started.HasExited
                ? throw new InvalidOperationException($"The API server has exited:\n{started.Output}")
                : _admin!.IsReadyAsync(),
            "the API server is ready");
    }

    /// <summary>Kills it: an outage. Its data stay.</summary>
    public void StopApiServer()
    {
        _apiServer?.Dispose();
        _apiServer = null;
    }

    /// <summary>A service account of a new namespace, with exactly the given role (by default a worker's).</summary>
    public async Task<ServiceAccount> CreateServiceAccountAsync(params RoleRule[] rules)
    {
        const string Name = "worker";
        var ns = $"test-{Interlocked.Increment(ref _accounts)}";
        var token = await ServiceAccountSetup.CreateAsync(_admin!, ns, Name, rules.Length == 0 ? RoleRule.Worker : rules);
        var directory = Path.Combine(_directory, ns);
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "token"), token);
        await File.WriteAllTextAsync(Path.Combine(directory, "namespace"), ns);
        File.Copy(AuthorityFile, Path.Combine(directory, "ca.crt"));
        var kubeConfig = Path.Combine(directory, "kubeconfig");
        await File.WriteAllTextAsync(kubeConfig, KubeConfig.ForToken(Server, AuthorityFile, ns, token));
        return new(ns, Name, token, directory, kubeConfig, new Dictionary<string, string>
        {
            ["KUBERNETES_SERVICE_HOST"] = Server.Host,
            ["KUBERNETES_SERVICE_PORT"] = $"{Server.Port}",
            ["KUBERNETES_SERVICE_ACCOUNT_DIRECTORY"] = directory,
        });
    }

    /// <summary>Runs kubectl as an administrator.</summary>
    /// <returns>What it printed.</returns>
    public Task<string> KubectlAsync(params string[] arguments) => Kubectl.RunAsync(AdminKubeConfig, arguments);

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync()
    {
        StopApiServer();
        _etcd?.Dispose();
        _etcd = null;
        _admin?.Dispose();
        _adminCertificate?.Dispose();
        _authority.Dispose();
        if (Directory.Exists(_directory)) Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task StartAsync()
    {
        Directory.CreateDirectory(_directory);
        _adminCertificate = _authority.IssueUser("admin", "system:masters");
        var admin = PemFiles.Write(_adminCertificate, _directory, "admin");
        await File.WriteAllTextAsync(AuthorityFile, _authority.Pem);
        await File.WriteAllTextAsync(
            AdminKubeConfig, KubeConfig.ForCertificate(Server, AuthorityFile, "default", admin.Certificate, admin.Key));
        _admin = new(Server, _adminCertificate, _authority.Pem);
        _apiServerArguments = ApiServerArguments();
        _etcd = new(Assets.Program("etcd"),
        [
            $"--data-dir={Path.Combine(_directory, "etcd")}",
            $"--listen-client-urls=http://127.0.0.1:{_ports[1]}",
            $"--advertise-client-urls=http://127.0.0.1:{_ports[1]}",
            $"--listen-peer-urls=http://127.0.0.1:{_ports[2]}",
        ]);
        await StartApiServerAsync();
    }

    // Flags that every version from 1.20 on has.
    private string[] ApiServerArguments()
    {
        using var serving = _authority.IssueServer();
        var (certificate, key) = PemFiles.Write(serving, _directory, "serving");
        var accounts = Path.Combine(_directory, "service-accounts.key");
        using var rsa = RSA.Create(2048);
        File.WriteAllText(accounts, rsa.ExportPkcs8PrivateKeyPem());
        return
        [
            $"--etcd-servers=http://127.0.0.1:{_ports[1]}",
            "--bind-address=127.0.0.1",
            $"--secure-port={_ports[0]}",
            "--endpoint-reconciler-type=none",
            $"--tls-cert-file={certificate}",
            $"--tls-private-key-file={key}",
            $"--client-ca-file={AuthorityFile}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={accounts}",
            $"--service-account-signing-key-file={accounts}",
            "--service-cluster-ip-range=10.0.0.0/24",
            // Without controllers no token is ever mounted into a pod.
            "--disable-admission-plugins=ServiceAccount",
        ];
    }
}
