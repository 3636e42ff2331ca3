using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Clients that go away in the middle of a bulk: with a reset, or by ending their side.</summary>
internal static class Leavers
{
    private const int AtOnce = 16;
    private const int Each = 20;

    public static async Task<Finding> RunAsync(IPEndPoint server, int seed)
    {
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(index => Task.Run(async () =>
        {
            var dice = new Dice(seed, index);
            for (var left = Each; left > 0; left--) await LeaveAsync(server, dice);
        })));
        var (running, waited) = await Metrics.FallsToAsync(server, Metrics.RunningBulks, 0, TimeSpan.FromSeconds(10));
        return new(running == 0, $"{AtOnce * Each} bulks, {running:0} left after {waited.TotalSeconds:0.0} s");
    }

    private static async Task LeaveAsync(IPEndPoint server, Dice dice)
    {
        using var connection = await Connection.OpenAsync(server);
        await connection.SendAsync("GET /ids/4096000 HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        var buffer = new byte[1_000];
        try
        {
            for (var left = dice.Number(0, 200); left > 0 && await connection.Socket.ReceiveAsync(buffer) > 0; left--)
            {
                // Takes a part.
            }

            if (!dice.Chance(50)) return;
            connection.EndSending();
            await Task.Delay(dice.Number(0, 20));
        }
        catch (SocketException)
        {
            // It was quicker.
        }
    }
}
