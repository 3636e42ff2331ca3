using System.Collections.Concurrent;
using System.Net;
using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>
/// Requests for IDs, each to a silo that said at the last poll that it is ready. A request that fails is not tried again: it
/// is lost.
/// </summary>
internal sealed class LoadBalancer : Load
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<ServiceProcess, byte> _silos = [];
    private volatile ServiceProcess[] _ready = [];

    public LoadBalancer(IEnumerable<ServiceProcess> silos)
    {
        foreach (var silo in silos) _silos[silo] = 0;
        Start(() => Task.WhenAll(PollAsync(), RequestAsync(), RequestAsync()));
    }

    public ConcurrentQueue<long> Ids { get; } = [];

    public ConcurrentQueue<string> Lost { get; } = [];

    public void Replace(ServiceProcess old, ServiceProcess by)
    {
        _silos.TryRemove(old, out _);
        _silos[by] = 0;
    }

    private async Task PollAsync()
    {
        while (!Stopping.IsCancellationRequested)
        {
            var silos = _silos.Keys.ToArray();
            var answers = await Task.WhenAll(silos.Select(IsReadyAsync));
            _ready = [.. silos.Where((_, i) => answers[i])];
            await Task.Delay(Period);
        }
    }

    private static async Task<bool> IsReadyAsync(ServiceProcess silo)
    {
        try
        {
            using var answer = await silo.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private async Task RequestAsync()
    {
        for (var request = 0; !Stopping.IsCancellationRequested; request++)
        {
            if (_ready is { Length: > 0 } ready)
                await RequestAsync(ready[Random.Shared.Next(ready.Length)], request % 2 == 0 ? "/id" : "/ids/20");
            await Task.Delay(2);
        }
    }

    private async Task RequestAsync(ServiceProcess silo, string path)
    {
        try
        {
            var body = await silo.Client.GetStringAsync(new Uri(path, UriKind.Relative));
            foreach (var id in body.Split('"').Where(part => part.Length > 15)) Ids.Enqueue(long.Parse(id));
        }
        catch (Exception e)
        {
            Lost.Enqueue($"{path}: {e.Message}");
        }
    }
}
