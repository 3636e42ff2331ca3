using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IdGenerator.Testing;

/// <summary>
/// Clients that ask again and again, each on a connection that it keeps until an answer says that it was the last. They end when
/// nobody listens any more.
/// </summary>
public sealed class KeptConnections : Load
{
    private readonly int _port;
    private int _answered;
    private int _last;
    private int _cut;

    /// <param name="port">Of the service.</param>
    /// <param name="clients">How many.</param>
    /// <param name="paths">What they ask for, in turns.</param>
    public KeptConnections(int port, int clients, params string[] paths)
    {
        _port = port;
        Start(() => Task.WhenAll(Enumerable.Range(0, clients).Select(number => AskAsync(paths, number))));
    }

    /// <summary>Requests that were answered whole.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>Of these, those whose answers said that the connection ends.</summary>
    public int Last => Volatile.Read(ref _last);

    /// <summary>Requests whose connection ended without a whole answer.</summary>
    public int Cut => Volatile.Read(ref _cut);

    private async Task AskAsync(string[] paths, int number)
    {
        var buffer = new byte[64 * 1_024];
        while (!Stopping.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port);
            }
            catch (SocketException)
            {
                return;
            }

            var goesOn = true;
            while (goesOn && !Stopping.IsCancellationRequested)
            {
                var request = $"GET {paths[number++ % paths.Length]} HTTP/1.1\r\nHost: ids\r\n\r\n";
                goesOn = await IsKeptAsync(socket, request, buffer);
            }
        }
    }

    private async Task<bool> IsKeptAsync(Socket socket, string request, byte[] buffer)
    {
        try
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(request));
            var end = await ReadAnswerAsync(socket, buffer);
            Interlocked.Increment(ref _answered);
            if (buffer.AsSpan(0, end).IndexOf("\r\nConnection: close\r\n"u8) < 0) return true;
            Interlocked.Increment(ref _last);
        }
        catch (SocketException)
        {
            Interlocked.Increment(ref _cut);
        }

        return false;
    }

    /// <returns>The length of the answer that is now in <paramref name="buffer"/>.</returns>
    /// <exception cref="SocketException">The connection has ended before the answer has.</exception>
    internal static async Task<int> ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        for (var end = 0; ;)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(end));
            if (received == 0) throw new SocketException((int)SocketError.ConnectionReset);
            end += received;
            if (Length(buffer.AsSpan(0, end)) <= end) return end;
        }
    }

    /// <returns>Of the whole answer; null while that is not known.</returns>
    private static int? Length(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0) return null;
        var name = "Content-Length: "u8;
        var length = answer[..head].IndexOf(name);
        if (length < 0) return answer.EndsWith("\r\n0\r\n\r\n"u8) ? answer.Length : null;
        var digits = answer[(length + name.Length)..];
        return head + 4 + int.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture);
    }
}
