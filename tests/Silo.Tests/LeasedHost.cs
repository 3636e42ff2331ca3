using System.Net;
using IdGenerator.KubernetesLeases;
using IdGenerator.KubernetesMembership;
using IdGenerator.Leases;
using IdGenerator.Memberships;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;

namespace IdGenerator.Silo.Tests;

/// <summary>A silo of Orleans in this process, on loopback ports, that has the lease of its worker and finds others as in Kubernetes.</summary>
internal sealed class LeasedHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Fatal _fatal = new();

    private LeasedHost(FakeApiServer server, KubernetesLeaseStore lease, int worker, Action<ClusterMembershipOptions> configure)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_ => server.Client());
        builder.Services.AddSingleton(lease);
        builder.Services.AddSingleton<IFatalErrorHandler>(_fatal);
        builder.Services.AddKubernetesMembership(KubernetesTables.Release);
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("blue", "ids"))
            .Configure<SiloOptions>(options => options.SiloName = $"worker-{worker}")
            .Configure(configure)
            .ConfigureEndpoints(IPAddress.Loopback, FreePort.Next(), FreePort.Next()));
        _host = builder.Build();
    }

    /// <summary>Errors for which the silo would have ended.</summary>
    public IReadOnlyCollection<string> Errors => _fatal.Errors;

    public static async Task<LeasedHost> StartAsync(FakeApiServer server, int worker, Action<ClusterMembershipOptions> configure)
    {
        var lease = new KubernetesLeaseStore(server.Client(), KubernetesTables.Release, worker);
        var now = DateTimeOffset.UtcNow;
        await lease.WriteAsync(
            new()
            {
                Holder = new("pod", $"{Guid.NewGuid()}"),
                Generation = 1,
                ReservedUntil = 1_000,
                Layout = "a/b",
                AcquiredAt = now,
                RenewedAt = now,
                DurationSeconds = 60,
            },
            expectedVersion: null,
            default);
        var host = new LeasedHost(server, lease, worker, configure);
        await host._host.StartAsync();
        return host;
    }

    /// <summary>Returns when it sees so many active silos.</summary>
    public async Task UntilItSeesAsync(int silos)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        var membership = _host.Services.GetRequiredService<IClusterMembershipService>();
        if (Active(membership.CurrentSnapshot) == silos) return;
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(patience.Token))
            if (Active(snapshot) == silos) return;
    }

    public async ValueTask DisposeAsync() => await ((IAsyncDisposable)_host).DisposeAsync();

    private static int Active(ClusterMembershipSnapshot snapshot) =>
        snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active);

    private sealed class Fatal : IFatalErrorHandler
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _errors = new();

        public IReadOnlyCollection<string> Errors => _errors;

        public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

        public void OnFatalException(object? sender, string? context, Exception? exception) => _errors.Enqueue($"{context} {exception?.Message}");
    }
}
