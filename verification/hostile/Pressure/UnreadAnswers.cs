using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Pressure;

/// <summary>Clients that send request after request and read no answer.</summary>
internal static class UnreadAnswers
{
    private const int Connections = 60;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(25);

    private static readonly string[] Requests =
    [
        "GET /id HTTP/1.1\r\nHost: ids\r\n\r\n", "GET /ids/4000 HTTP/1.1\r\nHost: ids\r\n\r\n",
        "GET /id HTTP/1.1\r\nHost: ids\r\n\r\nGET /health/live HTTP/1.1\r\nHost: ids\r\n\r\n", "GET /openapi/v1.json HTTP/1.1\r\nHost: ids\r\n\r\n",
    ];

    public static async Task<Finding> RunAsync(IPEndPoint server)
    {
        var ends = await Task.WhenAll(Enumerable.Range(0, Connections).Select(index => SendAsync(server, Requests[index % Requests.Length])));
        var late = ends.Count(end => end.CutOff is null);
        return new(
            late == 0,
            $"{Connections} connections took {ends.Sum(end => end.Sent) / 1e6:0} MB of requests; " +
            $"cut off after {ends.Min(end => end.CutOff)?.TotalSeconds:0.0} to {ends.Max(end => end.CutOff)?.TotalSeconds:0.0} s, {late} too late");
    }

    /// <returns>How many bytes it got rid of, and how long that went well; null where it was not cut off.</returns>
    private static async Task<(long Sent, TimeSpan? CutOff)> SendAsync(IPEndPoint server, string request)
    {
        using var connection = await Connection.OpenAsync(server, receiveBuffer: 4_096);
        using var stop = new CancellationTokenSource(MostTime);
        var time = Stopwatch.StartNew();
        var requests = Bytes.Of(string.Concat(Enumerable.Repeat(request, 100)));
        long sent = 0;
        try
        {
            // A part may go out last; the server does not get to see where it breaks off.
            while (true) sent += await connection.Socket.SendAsync(requests, stop.Token);
        }
        catch (SocketException)
        {
            return (sent, time.Elapsed);
        }
        catch (OperationCanceledException)
        {
            return (sent, null);
        }
    }
}
