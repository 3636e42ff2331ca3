using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Testing;

namespace IdGenerator.Cluster.Tests;

/// <summary>A client that asks one service for IDs as fast as it answers, and keeps what it got.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceProcess _service;
    private readonly Task _running;
    private readonly ConcurrentQueue<(DateTimeOffset At, HttpStatusCode Status)> _answers = new();

    public Load(ServiceProcess service)
    {
        _service = service;
        _running = Task.Run(RunAsync);
    }

    public List<long> Ids { get; } = [];

    public IEnumerable<(DateTimeOffset At, HttpStatusCode Status)> Answers => _answers;

    /// <summary>Ends the asking. What was collected can be read from then on.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await _service.Client.GetAsync(new Uri("/ids/50", UriKind.Relative), _stop.Token);
                _answers.Enqueue((DateTimeOffset.UtcNow, answer.StatusCode));
                var body = await answer.Content.ReadAsStringAsync(_stop.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                    Ids.AddRange(body.Split('"').Where(part => part.Length > 15).Select(long.Parse));
                else
                    await Task.Delay(20, _stop.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
            {
                if (_service.HasExited) return;
            }
        }
    }
}
