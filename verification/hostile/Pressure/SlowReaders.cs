using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Clients that ask for many IDs and read a few bytes of them now and then, or none.</summary>
internal static class SlowReaders
{
    private const int Connections = 24;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(25);

    public static async Task<Finding> RunAsync(IPEndPoint server)
    {
        using var stop = new CancellationTokenSource();
        var reading = Enumerable.Range(0, Connections).Select(index => ReadAsync(server, index, stop.Token)).ToArray();
        await Task.Delay(500, CancellationToken.None);
        var running = await Metrics.ReadAsync(server, Metrics.RunningBulks);
        var (left, waited) = await Metrics.FallsToAsync(server, Metrics.RunningBulks, 0, MostTime);
        await stop.CancelAsync();
        await Task.WhenAll(reading);
        return new(running > 0 && left == 0, $"{running:0} bulks, {left:0} left after {waited.TotalSeconds:0.0} s");
    }

    private static async Task ReadAsync(IPEndPoint server, int index, CancellationToken stop)
    {
        using var connection = await Connection.OpenAsync(server, receiveBuffer: 4_096);
        await connection.SendAsync("GET /ids/4096000 HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        var few = new byte[64];
        try
        {
            while (true)
            {
                await Task.Delay(300, stop);
                if (index % 2 > 0 && await connection.Socket.ReceiveAsync(few, stop) == 0) return;
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Cut off, or at the end of the attack.
        }
    }
}
