using System.Net.Sockets;

namespace IdGenerator.Http.Connections;

/// <summary>The connection of a client, and what tells whether it may be closed to make room for another.</summary>
/// <param name="socket">The connection.</param>
/// <param name="now">The time provider's timestamp of this moment.</param>
internal sealed class Client(Socket socket, long now)
{
    private readonly Lock _ending = new();

    public Socket Socket => socket;

    /// <summary>When the client last got on: it connected, began a request, or took a part of an answer.</summary>
    public long Since { get; set; } = now;

    /// <summary>Whether a request has come. Until then it is overdue much sooner.</summary>
    public bool HasAsked { get; set; }

    /// <summary>Whether it has had one of the <see cref="Places"/>.</summary>
    public bool HasHadPlace { get; set; }

    /// <summary>Whether it is about to leave its place, because another wants that, and goes on without.</summary>
    public bool IsLeavingPlace { get; set; }

    /// <summary>Whether it waits for one of the <see cref="Places"/>.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Whether the next step is the client's: to send a request or the rest of it, or to read an answer.</summary>
    public bool IsWaitedFor { get; set; } = true;

    /// <summary>Whether the client is in the middle of an answer, or on the fast path of a request. To end the connection as if there
    /// were nothing more would let an answer that has neither length nor chunks (HTTP/1.0) look whole.</summary>
    public bool IsInBetween { get; set; }

    /// <summary>Whether what has come in is answered, and nothing after it.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether its last answer has said that it is the last one.</summary>
    public bool IsToldLast { get; set; }

    /// <summary>Left means that the connection was reset or that a write failed. A client that only ends its side still listens.</summary>
    public bool HasLeft { get; set; }

    /// <summary>The half of the connection that Kestrel has; null while Kestrel has none.</summary>
    public KestrelConnection? Kestrels { get; set; }

    /// <summary>What the fast path waits for; null before that.</summary>
    public Readiness? Readiness { get; set; }

    /// <summary>
    /// Whether it has left, or has reset the connection and nobody has noticed yet. The kernel still hands out what had come in
    /// before a reset, so that reading a request does not tell. One system call.
    /// </summary>
    public bool IsGone
    {
        get
        {
            try
            {
                return HasLeft || socket.Poll(TimeSpan.Zero, SelectMode.SelectError);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>Whether something has come in that was not read yet.</summary>
    public bool HasSent
    {
        get
        {
            try
            {
                return socket.Available > 0;
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Ends it when all has been said. The kernel goes on sending what it has.</summary>
    public void Close() => End(static socket => socket.Dispose());

    /// <summary>Ends it at once, and what the kernel has for it is thrown away: a client that does not read would leave that
    /// behind. Whoever is sending or receiving learns of it, and so does the client.</summary>
    public void Reset()
    {
        End(static socket =>
        {
            socket.LingerState = new(true, 0);
            socket.Dispose();
        });
        Readiness?.TellLater();
    }

    /// <summary>Whether it was told to go, and has nothing left to read.</summary>
    public bool IsDismissed { get; private set; }

    /// <summary>The connection of a client that asks for nothing ends as it would after its last answer, without a reset.</summary>
    public void Dismiss()
    {
        IsDismissed = !IsInBetween && !KernelBuffers.HasUnacknowledged(socket);
        if (IsDismissed) End(static socket => socket.Shutdown(SocketShutdown.Both));
        else Reset();
    }

    /// <summary>What has come in is answered, then the connection ends.</summary>
    public void EndReading()
    {
        IsEnding = true;
        End(static socket => socket.Shutdown(SocketShutdown.Receive));
    }

    /// <summary>The client learns that no more answers come.</summary>
    public void EndWriting() => End(static socket => socket.Shutdown(SocketShutdown.Send));

    // One after the other: closing a socket that another call is using resets the connection.
    private void End(Action<Socket> end)
    {
        lock (_ending)
        {
            try
            {
                end(socket);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // It has ended by itself.
            }
        }
    }
}
