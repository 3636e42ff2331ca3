using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Hostile.Assaults;

/// <summary>12,000 connections as fast as they can be opened, which say nothing.</summary>
internal static class IdleFlood
{
    private const int Count = 12_000;
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(5);

    public static async Task<string> RunAsync(IPEndPoint server)
    {
        var sockets = new List<Socket>(Count);
        try
        {
            while (sockets.Count < Count)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
                sockets.Add(socket);
                await socket.ConnectAsync(server);
            }

            await Task.Delay(Stay);
            var open = sockets.Count(socket => !(socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available == 0));
            return $"{Count:N0} connections, {open:N0} of them still open";
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }
}
