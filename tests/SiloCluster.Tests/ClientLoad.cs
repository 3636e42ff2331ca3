using System.Diagnostics;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>A service that takes IDs from the client library, a few thousand a second, and keeps what it got.</summary>
internal sealed class ClientLoad : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public ClientLoad(IIdGenerator ids) => _running = Task.Run(() => RunAsync(ids));

    public List<long> Ids { get; } = [];

    public List<string> Failures { get; } = [];

    public TimeSpan LongestWait { get; private set; }

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

    private async Task RunAsync(IIdGenerator ids)
    {
        while (!_stop.IsCancellationRequested)
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                for (var i = 0; i < 50; i++) Ids.Add(await ids.NextAsync());
            }
            catch (Exception e)
            {
                Failures.Add(e.Message);
            }

            var waited = Stopwatch.GetElapsedTime(start);
            if (waited > LongestWait) LongestWait = waited;
            await Task.Delay(5);
        }
    }
}
