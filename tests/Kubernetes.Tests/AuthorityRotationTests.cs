using System.Security.Cryptography.X509Certificates;
using IdGenerator.ApiServer;
using IdGenerator.Testing;
using Microsoft.AspNetCore.Http;

namespace IdGenerator.Kubernetes.Tests;

/// <summary>
/// The authority of a cluster is rotated under a running process: the mounted file names the old and the new one, then the API server
/// shows a certificate of the new one, then the file names that alone.
/// </summary>
public sealed class AuthorityRotationTests : IDisposable
{
    private readonly CertificateAuthority _old = new();
    private readonly CertificateAuthority _new = new();
    private readonly X509Certificate2 _oldServer;
    private readonly X509Certificate2 _newServer;
    private readonly FakeTimeProvider _time = new();
    private readonly Retries _retries = new();
    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private volatile X509Certificate2 _shown;

    public AuthorityRotationTests()
    {
        (_oldServer, _newServer) = (_old.IssueServer(), _new.IssueServer());
        _shown = _oldServer;
        Mount(_old.Pem);
    }

    [Fact]
    public async Task No_request_fails()
    {
        const int callers = 4;
        const int calls = 60;
        await using var server = await StartAsync(callers * calls);
        using var client = Client(server, TimeProvider.System);
        var failures = 0;
        async Task CallAsync()
        {
            for (var i = 0; i < calls; i++)
            {
                if (i == calls / 3) Mount($"{_old.Pem}\n{_new.Pem}");
                if (i == calls / 2) _shown = _newServer;
                if (i == calls * 2 / 3) Mount(_new.Pem);
                var write = await Record.ExceptionAsync(() => client.CreateAsync(Lease.Resource, new Lease(), default));
                if (write is not null) Interlocked.Increment(ref failures);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync)));

        Assert.Equal(0, failures);
        Assert.Equal(callers * calls, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_of_the_new_authority_is_trusted_as_soon_as_the_file_names_it_and_not_before()
    {
        await using var server = await StartAsync(answers: 2);
        using var client = Client(server, _time);
        await AssertTrustedAsync(client);
        _shown = _newServer;
        await AssertRejectedAsync(client);
        Assert.Single(server.Requests);

        Mount($"{_old.Pem}\n{_new.Pem}");

        await AssertTrustedAsync(client);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData(null)]
    public async Task A_file_that_is_gone_or_broken_changes_nothing(string? content)
    {
        await using var server = await StartAsync(answers: 1);
        using var client = Client(server, _time);
        if (content is null) File.Delete(AuthorityFile);
        else Mount(content);

        _shown = _newServer;
        await AssertRejectedAsync(client);
        _shown = _oldServer;
        await AssertTrustedAsync(client);
    }

    [Fact]
    public async Task An_authority_that_the_file_names_no_more_is_trusted_for_a_minute_at_most()
    {
        await using var server = await StartAsync(answers: 1);
        using var client = Client(server, _time);
        Mount(_new.Pem);
        _time.Advance(TimeSpan.FromSeconds(59));
        await AssertTrustedAsync(client);

        _time.Advance(TimeSpan.FromSeconds(1));

        await AssertRejectedAsync(client);
    }

    public void Dispose()
    {
        foreach (var disposable in new IDisposable[] { _old, _new, _oldServer, _newServer }) disposable.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string AuthorityFile => Path.Combine(_directory, "ca.crt");

    /// <summary>In one step, as the kubelet does it.</summary>
    private void Mount(string pem)
    {
        var next = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
        File.WriteAllText(next, pem);
        File.Move(next, AuthorityFile, overwrite: true);
    }

    /// <summary>A server that makes a client begin with a handshake each time.</summary>
    private Task<ScriptedServer> StartAsync(int answers) => ScriptedServer.StartAsync(
        () => _shown,
        [.. Enumerable.Repeat<RequestDelegate>(
            context =>
            {
                context.Response.Headers.Connection = "close";
                return Answers.Lease(context);
            },
            answers)]);

    private KubernetesClient Client(ScriptedServer server, TimeProvider time)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(_old.Pem);
        return new(
            new() { Server = server.Address, Authorities = authorities, AuthorityFile = AuthorityFile }, new(), time, _retries);
    }

    private static async Task AssertTrustedAsync(KubernetesClient client) =>
        Assert.True((await client.CreateAsync(Lease.Resource, new Lease(), default).WaitAsync(TimeSpan.FromSeconds(30))).IsDone);

    /// <summary>Four handshakes fail, and the request was never sent.</summary>
    private async Task AssertRejectedAsync(KubernetesClient client)
    {
        var write = client.CreateAsync(Lease.Resource, new Lease(), default);
        await _retries.PassAsync(_time, 3);
        var e = await Assert.ThrowsAsync<KubernetesApiException>(() => write.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("no secure connection", e.Message, StringComparison.Ordinal);
    }
}
