using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Assaults;

namespace IdGenerator.Hostile.ClientPort;

/// <summary>600 connections that are no Orleans clients, or do not go on as one.</summary>
internal static class BareSockets
{
    private const int Count = 600;

    public static Task<string> SilentAsync(IPEndPoint silo) => RunAsync(silo, [], []);

    public static Task<string> RubbishAsync(IPEndPoint silo)
    {
        var rubbish = new byte[64 * 1_024];
        new Random(1).NextBytes(rubbish);
        return RunAsync(silo, [], rubbish);
    }

    /// <summary>A message of 100 MB that does not end, by a client that has said who it is.</summary>
    public static async Task<string> HugeMessageAsync(IPEndPoint silo)
    {
        byte[] header = [.. await PreambleAsync(silo), .. BitConverter.GetBytes(10_000_000), .. BitConverter.GetBytes(90_000_000)];
        return await RunAsync(silo, header, new byte[64 * 1_024]);
    }

    /// <summary>Each connection says that it is the client that the others are too.</summary>
    public static async Task<string> SameClientAsync(IPEndPoint silo) => await RunAsync(silo, await PreambleAsync(silo), []);

    private static async Task<byte[]> PreambleAsync(IPEndPoint silo)
    {
        using var relay = new Relay(silo);
        await using var caller = await Caller.StartAsync(relay.Address);
        return relay.Preamble;
    }

    private static async Task<string> RunAsync(IPEndPoint silo, byte[] first, byte[] thenWithoutEnd)
    {
        using var stop = new CancellationTokenSource(Assault.Duration);
        var opened = 0;
        long sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
                try
                {
                    await socket.ConnectAsync(silo, stop.Token);
                    Interlocked.Increment(ref opened);
                    if (first.Length > 0) Interlocked.Add(ref sent, await socket.SendAsync(first, stop.Token));
                    while (thenWithoutEnd.Length > 0) Interlocked.Add(ref sent, await socket.SendAsync(thenWithoutEnd, stop.Token));
                    while (await socket.ReceiveAsync(new byte[1_024], stop.Token) > 0)
                    {
                    }
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // Cut off, or the end.
                }

                await Task.Delay(100, CancellationToken.None);
            }
        }));
        return $"{opened:N0} connections, {Count} at once, {sent / 1e6:N0} MB sent";
    }
}
