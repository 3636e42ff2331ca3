using System.Diagnostics;
using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>A service that takes IDs from the client library, a few thousand a second, and keeps what it got.</summary>
internal sealed class ClientLoad : Load
{
    public ClientLoad(IIdGenerator ids) => Start(() => RunAsync(ids));

    public List<long> Ids { get; } = [];

    public List<string> Failures { get; } = [];

    public TimeSpan LongestWait { get; private set; }

    private async Task RunAsync(IIdGenerator ids)
    {
        while (!Stopping.IsCancellationRequested)
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
