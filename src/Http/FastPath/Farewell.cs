using System.Net.Sockets;
using IdGenerator.Http.Connections;

namespace IdGenerator.Http.FastPath;

/// <summary>What is waited for between the last answer of a connection and its end.</summary>
/// <param name="time">For the waits.</param>
/// <param name="stopping">The listener closes: from then on the waits are short.</param>
internal sealed class Farewell(TimeProvider time, CancellationToken stopping)
{
    /// <summary>How long a client may take, at a stop, to read the last answer and to close its side: a stop must not last, and it
    /// takes a client that reads one round trip.</summary>
    public static readonly TimeSpan MostLingerAtStop = TimeSpan.FromSeconds(1);

    /// <summary>The same at other times.</summary>
    private static readonly TimeSpan MostLinger = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the client to read. One that does not has its connection reset.</summary>
    /// <param name="client">Who.</param>
    /// <param name="isLeft">Whether there is something left to read.</param>
    public async Task UntilReadAsync(Client client, Func<Socket, bool> isLeft)
    {
        var began = time.GetTimestamp();
        while (isLeft(client.Socket) && !client.IsGone)
        {
            if (time.GetElapsedTime(began) > MostLinger) client.Reset();
            else await Task.Delay(Places.Interval, time, CancellationToken.None);
        }
    }

    /// <summary>
    /// Closing a connection on which something comes in, or came in and was not read, resets it, and the client may lose the
    /// last answer. So the server first ends its side and discards what comes, for a while (RFC 9112, section 9.6).
    /// </summary>
    public async Task LingerAsync(Client client)
    {
        client.EndWriting();
        client.IsInBetween = true;
        client.Since = time.GetTimestamp();
        client.IsWaitedFor = true;
        using var patience = new CancellationTokenSource(stopping.IsCancellationRequested ? MostLingerAtStop : MostLinger, time);
        var discarded = new byte[1_024];
        try
        {
            while (await client.Socket.ReceiveAsync(discarded.AsMemory(), SocketFlags.None, patience.Token) > 0)
            {
                // The client has not noticed yet.
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It had time enough, or is gone.
            client.Reset();
        }
    }
}
