namespace IdGenerator.Observability.Tests;

/// <summary>
/// Two workers of one release and a Prometheus that watches them. The first is given more to do than it can, the second a
/// request now and then, for as long as the tests run.
/// </summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private readonly CancellationTokenSource _done = new();
    private readonly List<Task> _load = [];

    internal GatewayProcess Busy { get; private set; } = null!;

    internal GatewayProcess Idle { get; private set; } = null!;

    internal PrometheusServer Prometheus { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (new PrometheusFactAttribute().Skip is not null) return;
        var starting = (GatewayProcess.StartAsync(0), GatewayProcess.StartAsync(1));
        Busy = await starting.Item1;
        Idle = await starting.Item2;
        Prometheus = new(("id-generator-0", Busy), ("id-generator-1", Idle));
        _load.AddRange(
        [
            RepeatAsync(Busy, "/ids/409600", TimeSpan.FromMilliseconds(20)),
            RepeatAsync(Busy, "/ids/409600", TimeSpan.FromMilliseconds(20)),
            RepeatAsync(Idle, "/id", TimeSpan.FromMilliseconds(100)),
            RepeatAsync(Idle, "/nothing", TimeSpan.FromMilliseconds(100)),
        ]);
    }

    public async Task DisposeAsync()
    {
        await _done.CancelAsync();
        await Task.WhenAll(_load);
        Prometheus?.Dispose();
        if (Busy is not null) await Busy.DisposeAsync();
        if (Idle is not null) await Idle.DisposeAsync();
        _done.Dispose();
    }

    private async Task RepeatAsync(GatewayProcess gateway, string path, TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause);
        try
        {
            while (await timer.WaitForNextTickAsync(_done.Token))
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Add("Accept", "application/vnd.id-ranges+json, */*;q=0.1");
                using var response = await gateway.Client.SendAsync(request, _done.Token);
            }
        }
        catch (OperationCanceledException) when (_done.IsCancellationRequested)
        {
            // The tests are over.
        }
    }
}
