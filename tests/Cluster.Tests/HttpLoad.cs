using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Testing;

namespace IdGenerator.Cluster.Tests;

/// <summary>A client that asks one service for IDs as fast as it answers, and keeps what it got.</summary>
internal sealed class HttpLoad : Load
{
    private readonly ServiceProcess _service;
    private readonly ConcurrentQueue<(DateTimeOffset At, HttpStatusCode Status)> _answers = new();

    public HttpLoad(ServiceProcess service)
    {
        _service = service;
        Start(RunAsync);
    }

    public List<long> Ids { get; } = [];

    public IEnumerable<(DateTimeOffset At, HttpStatusCode Status)> Answers => _answers;

    private async Task RunAsync()
    {
        while (!Stopping.IsCancellationRequested)
        {
            try
            {
                using var answer = await _service.Client.GetAsync(new Uri("/ids/50", UriKind.Relative), Stopping);
                _answers.Enqueue((DateTimeOffset.UtcNow, answer.StatusCode));
                var body = await answer.Content.ReadAsStringAsync(Stopping);
                if (answer.StatusCode == HttpStatusCode.OK)
                    Ids.AddRange(body.Split('"').Where(part => part.Length > 15).Select(long.Parse));
                else
                    await Task.Delay(20, Stopping);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
            {
                if (_service.HasExited) return;
            }
        }
    }
}
