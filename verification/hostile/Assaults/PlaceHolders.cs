using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Clients that keep others from being served with as little as they can: they hold places, or wait for them in numbers.</summary>
internal static class PlaceHolders
{
    private static readonly byte[] Bulk =
        Bytes.Of("GET /ids/4096 HTTP/1.1\r\nHost: ids\r\nAccept: application/vnd.id-ranges+json\r\n\r\n");

    /// <summary>The beginning of a request, and never the rest.</summary>
    public static Task<string> HalfHeadsAsync(IPEndPoint server) => AllAsync(server, 1_900, async (socket, stop) =>
    {
        await socket.SendAsync(Bytes.Of("GET /h"), stop);
        await ReadToEndAsync(socket, stop);
    });

    /// <summary>They are told that the connection ends, and keep their side of it open.</summary>
    public static Task<string> LingerAsync(IPEndPoint server) => AllAsync(server, 1_900, async (socket, stop) =>
    {
        await socket.SendAsync(Bytes.Of("GET /health/live HTTP/1.1\r\nHost: ids\r\nConnection: close\r\n\r\n"), stop);
        await ReadToEndAsync(socket, stop);
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
    });

    /// <summary>A request with a body, then small ones without a pause.</summary>
    public static Task<string> BodiesAsync(IPEndPoint server) => AllAsync(server, 250, async (socket, stop) =>
    {
        await socket.SendAsync(Bytes.Of("GET /health/live HTTP/1.1\r\nHost: ids\r\nContent-Length: 1\r\n\r\nX"), stop);
        var answer = new byte[4_096];
        while (await socket.ReceiveAsync(answer, stop) > 0)
        {
            await Task.Delay(30, stop);
            await socket.SendAsync(Bytes.Of("HEAD /id HTTP/1.1\r\nHost: ids\r\n\r\n"), stop);
        }
    });

    /// <summary>As many requests for all IDs of a millisecond as fit into the first block, all answers read.</summary>
    public static Task<string> BurstsAsync(IPEndPoint server) => AllAsync(server, 250, async (socket, stop) =>
    {
        var requests = Enumerable.Repeat(Bulk, 4_096 / Bulk.Length).SelectMany(bytes => bytes).ToArray();
        var answer = new byte[64 * 1_024];
        await socket.SendAsync(requests, stop);
        while (await socket.ReceiveAsync(answer, stop) > 0)
        {
            // One burst a connection.
        }
    });

    /// <summary>They ask for many IDs and are gone, one after the other.</summary>
    public static async Task<string> ResetsAsync(IPEndPoint server)
    {
        using var stop = new CancellationTokenSource(Assault.Duration);
        var count = 0;
        for (; !stop.IsCancellationRequested; count++)
        {
            using var socket = await OpenAsync(server, stop.Token);
            if (socket is not null) await socket.SendAsync(Bulk, CancellationToken.None);
        }

        return $"{count:N0} connections";
    }

    /// <summary>So many at a time; who is cut off comes again.</summary>
    private static async Task<string> AllAsync(IPEndPoint server, int count, Func<Socket, CancellationToken, Task> act)
    {
        using var stop = new CancellationTokenSource(Assault.Duration);
        var connections = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var socket = await OpenAsync(server, stop.Token);
                if (socket is null) continue;
                Interlocked.Increment(ref connections);
                try
                {
                    await act(socket, stop.Token);
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException)
                {
                    // Cut off, or over.
                }
            }
        }));
        return $"{connections:N0} connections, {count:N0} at once";
    }

    private static async Task<Socket?> OpenAsync(IPEndPoint server, CancellationToken stop)
    {
        // Closed by a reset.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(true, 0) };
        try
        {
            await socket.ConnectAsync(server, stop);
            return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken stop)
    {
        var answer = new byte[4_096];
        while (await socket.ReceiveAsync(answer, stop) > 0)
        {
            // Nothing of it matters.
        }
    }
}
