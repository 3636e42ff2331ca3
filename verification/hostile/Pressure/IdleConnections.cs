using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Fuzzing;
using IdGenerator.Hostile.Ids;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Connections that do nothing: a third from the beginning, the others after a request.</summary>
internal static class IdleConnections
{
    private const int Most = 9_000;

    /// <summary>For others who connect meanwhile.</summary>
    private const int Others = 50;
    private const int AtOnce = 50;
    private static readonly byte[] Live = "GET /health/live HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray();
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<Finding> RunAsync(IPEndPoint server, Ledger ledger)
    {
        var count = (int)Math.Min(Most, await Metrics.ReadAsync(server, Metrics.AllowedConnections) - Others);
        var sockets = new Socket[count];
        try
        {
            var next = -1;
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
            {
                for (var index = Interlocked.Increment(ref next); index < count; index = Interlocked.Increment(ref next))
                    sockets[index] = await OpenAsync(server, index);
            })));
            await Task.Delay(Rest);
            var open = await Metrics.ReadAsync(server, Metrics.OpenDescriptors);
            var answered = 0;
            foreach (var socket in sockets.Where((_, index) => index % 20 == 0))
            {
                if (await AnswersAsync(socket, ledger)) answered++;
            }

            var asked = (count + 19) / 20;
            return new(answered == asked && open >= count, $"{count:N0} connections, {open:N0} file descriptors; {answered} of {asked} still answered");
        }
        finally
        {
            foreach (var socket in sockets) socket?.Dispose();
        }
    }

    // Bare sockets: thousands of read buffers would be the client's trouble, not the service's.
    private static async Task<Socket> OpenAsync(IPEndPoint server, int index)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new(true, 0) };
        await socket.ConnectAsync(server);
        if (index % 3 == 0) return socket;
        await socket.SendAsync(index % 3 == 1 ? Case.Sync.Bytes : Live);
        await socket.ReceiveAsync(new byte[1_000]).WaitAsync(Patience);
        return socket;
    }

    private static async Task<bool> AnswersAsync(Socket socket, Ledger ledger)
    {
        using var connection = Connection.Over(socket);
        await connection.SendAsync(Case.Sync.Bytes);
        return await connection.ReadAsync(isHead: false) is { } answer && Oracle.Expect(Case.Sync)![0].Mismatch(answer, isHead: false, ledger) is null;
    }
}
