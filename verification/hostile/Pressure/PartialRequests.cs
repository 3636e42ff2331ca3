using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Requests that are never complete, most of them fed a byte every two seconds.</summary>
internal static class PartialRequests
{
    private const int Connections = 300;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(20);

    private static readonly string[] Beginnings =
    [
        "G", "GET /id", "GET /id HTTP/1.1\r", "GET /id HTTP/1.1\r\nHost: ids\r\n", "GET /id HTTP/1.1\r\nHost: ids\r\nX-", "HEAD /ids/5 HTTP/1.1\r\nHo",
        "GET /id HTTP/1.1\r\nHost: ids\r\n\r\nGET /id HTTP/1.1\r\nHost: i", "GET /health/live HTTP/1.1\r\nHost: ids\r\n\r\nGET /i",
        "GET /id HTTP/1.1\r\nHost: ids\r\nContent-Length: 1000\r\n\r\nx", "POST /ids/5 HTTP/1.1\r\nHost: ids\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nx",
        "\x16\x03\x01\x02", "PRI * HTTP/2.0\r\n",
    ];

    public static async Task<Finding> RunAsync(IPEndPoint server)
    {
        var times = await Task.WhenAll(Enumerable.Range(0, Connections).Select(index => LastAsync(server, index)));
        var open = times.Count(time => time > MostTime);
        return new(open == 0, $"{Connections} connections cut off after {times.Min().TotalSeconds:0.0} to {times.Max().TotalSeconds:0.0} s, {open} too late");
    }

    /// <returns>How long the connection was open.</returns>
    private static async Task<TimeSpan> LastAsync(IPEndPoint server, int index)
    {
        using var connection = await Connection.OpenAsync(server);
        await connection.SendAsync(Bytes.Of(Beginnings[index % Beginnings.Length]));
        var time = Stopwatch.StartNew();
        var drips = index % 3 > 0;
        var closed = EndAsync(connection.Socket);
        while (time.Elapsed <= MostTime && await Task.WhenAny(closed, Task.Delay(2_000)) != closed)
        {
            try
            {
                if (drips) await connection.SendAsync("x"u8.ToArray());
            }
            catch (SocketException)
            {
                break;
            }
        }

        return time.Elapsed;
    }

    private static async Task EndAsync(Socket socket)
    {
        var buffer = new byte[1_024];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
                // An answer: to what came before, or that it took too long.
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed, by one side or the other.
        }
    }
}
