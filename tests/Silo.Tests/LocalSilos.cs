using System.Net;
using IdGenerator.Kubernetes;
using IdGenerator.KubernetesMembership;
using IdGenerator.Membership;
using IdGenerator.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace IdGenerator.Silo.Tests;

/// <summary>Silos of this process on loopback ports, that know of each other through the API server alone.</summary>
internal sealed class LocalSilos : IAsyncDisposable
{
    private readonly IHost[] _hosts;

    public LocalSilos(int count, Func<KubernetesClient> client, ILogger<MembershipTable> log)
    {
        var ports = Enumerable.Range(0, 2 * count).Select(_ => FreePort.Next()).ToArray();
        _hosts = [.. Enumerable.Range(0, count).Select(i => Build(i, ports[2 * i], ports[(2 * i) + 1], client(), log))];
    }

    public Task StartAsync() => Task.WhenAll(_hosts.Select(host => host.StartAsync()));

    public Task StopAsync() => Task.WhenAll(_hosts.Select(host => host.StopAsync()));

    /// <summary>Returns when each silo sees all of them active.</summary>
    public async Task UntilAllSeeAllAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        foreach (var host in _hosts)
        {
            var membership = host.Services.GetRequiredService<IClusterMembershipService>();
            if (Active(membership.CurrentSnapshot) == _hosts.Length) continue;
            await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(patience.Token))
                if (Active(snapshot) == _hosts.Length) break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        }
    }

    private static int Active(ClusterMembershipSnapshot snapshot) =>
        snapshot.Members.Values.Count(member => member.Status == SiloStatus.Active);

    private static IHost Build(
        int number, int siloPort, int gatewayPort, KubernetesClient client, ILogger<MembershipTable> log)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton(_ => client);
        builder.Services.AddSingleton(log);
        builder.Services.AddKubernetesMembership("ids");
        builder.UseOrleans(silo => silo
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("blue", "ids"))
            .Configure<SiloOptions>(options => options.SiloName = $"worker-{number}")
            .ConfigureEndpoints(IPAddress.Loopback, siloPort, gatewayPort));
        return builder.Build();
    }
}
