using System.Net;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Clients that ask for the metrics again and again, as fast as they are answered.</summary>
internal static class Scrapers
{
    private static readonly ReadOnlyMemory<byte> Request = Bytes.Of("GET /metrics HTTP/1.1\r\nHost: ids\r\n\r\n");

    public static async Task<string> RunAsync(IPEndPoint server, int count, TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time);
        var scrapes = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => ScrapeAsync(server, stop.Token))));
        return $"{count} connections, {scrapes.Sum():N0} scrapes";
    }

    private static async Task<int> ScrapeAsync(IPEndPoint server, CancellationToken stop)
    {
        using var connection = await Connection.OpenAsync(server);
        var scrapes = 0;
        for (; !stop.IsCancellationRequested; scrapes++)
        {
            await connection.SendAsync(Request);
            if (await connection.ReadAsync(isHead: false) is not { Status: 200 }) throw new BrokenAnswerException("no metrics");
        }

        return scrapes;
    }
}
