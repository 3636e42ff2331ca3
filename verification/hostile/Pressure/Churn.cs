using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Connections that come and go as fast as they can, at any moment of a request.</summary>
internal static class Churn
{
    private const int AtOnce = 8;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(4);

    private static readonly string[] Sent =
        ["", "G", "GET /id HTTP/1.1\r\nHost: ids\r\n\r\n", "GET /id HTTP/1.1\r\nHost: ids\r\n\r\nGET /i", "GET /ids/4096 HTTP/1.1\r\nHost: ids\r\n\r\n", "\0"];

    public static async Task<Finding> RunAsync(IPEndPoint server, int seed)
    {
        var time = Stopwatch.StartNew();
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(index => Task.Run(async () =>
        {
            for (var dice = new Dice(seed, index); time.Elapsed < Time; Interlocked.Increment(ref count)) await VisitAsync(server, dice);
        })));
        return new(count > 0, $"{count:N0} connections");
    }

    private static async Task VisitAsync(IPEndPoint server, Dice dice)
    {
        using var connection = await Connection.OpenAsync(server);
        try
        {
            await connection.SendAsync(Bytes.Of(dice.Pick(Sent)));
            if (dice.Chance(30)) connection.EndSending();
            if (dice.Chance(30)) await connection.Socket.ReceiveAsync(new byte[1_000]).WaitAsync(TimeSpan.FromMilliseconds(20));
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            // Whatever comes: it leaves.
        }
    }
}
