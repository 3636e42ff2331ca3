using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Connections as fast as they can be opened, which say nothing.</summary>
internal static class IdleFlood
{
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(5);

    public static async Task<string> RunAsync(IPEndPoint server, int count)
    {
        var sockets = new List<Socket>(count);
        try
        {
            while (sockets.Count < count)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
                sockets.Add(socket);
                await socket.ConnectAsync(server);
            }

            await Task.Delay(Stay);
            var open = sockets.Count(socket => !(socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available == 0));
            return $"{count:N0} connections, {open:N0} of them still open";
        }
        finally
        {
            foreach (var socket in sockets) socket.Dispose();
        }
    }
}
