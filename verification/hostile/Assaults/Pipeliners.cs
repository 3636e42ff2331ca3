using System.Net;
using System.Net.Sockets;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Assaults;

/// <summary>Clients that send up to 1 MB of requests each, read no answer, and leave.</summary>
internal static class Pipeliners
{
    private const int MostBytes = 1_000_000;

    /// <param name="server">Whom.</param>
    /// <param name="count">How many clients.</param>
    /// <param name="path">What they ask for.</param>
    /// <param name="time">When they leave.</param>
    /// <param name="endsWithFin">They end their side, and stay for as long again, instead of resetting the connection.</param>
    /// <param name="headerBytes">The length of a header that each request has.</param>
    public static async Task<string> RunAsync(
        IPEndPoint server, int count, string path, TimeSpan time, bool endsWithFin = false, int headerBytes = 0)
    {
        var header = headerBytes > 0 ? $"Cookie: {new string('x', headerBytes)}\r\n" : "";
        var request = Bytes.Of($"GET {path} HTTP/1.1\r\nHost: ids\r\n{header}\r\n");
        var requests = Enumerable.Repeat(request, Math.Max(1, 64 * 1_024 / request.Length)).SelectMany(bytes => bytes).ToArray();
        using var stop = new CancellationTokenSource(time);
        var sent = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => SendAsync(server, requests, endsWithFin, time, stop.Token)));
        return $"{count:N0} connections, {sent.Sum() / 1e6:N0} MB of requests for {path}";
    }

    private static async Task<long> SendAsync(
        IPEndPoint server, ReadOnlyMemory<byte> requests, bool endsWithFin, TimeSpan time, CancellationToken stop)
    {
        // Closed by a reset, unless it was closed before.
        using var connection = await Connection.OpenAsync(server, receiveBuffer: 4_096);
        long sent = 0;
        try
        {
            while (sent < MostBytes) sent += await connection.Socket.SendAsync(requests[(int)(sent % requests.Length)..], stop);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        }
        catch (OperationCanceledException)
        {
            if (!endsWithFin) return sent;
            connection.EndSending();
            await Task.Delay(time, CancellationToken.None);
        }
        catch (SocketException)
        {
            // Cut off.
        }

        return sent;
    }
}
