using System.Net.Sockets;
using IdGenerator.Snowflake;

namespace IdGenerator.Gateway.FastPath;

/// <summary>
/// A connection as long as all that it brings is <c>GET /id</c>. At the first request that is anything else, the connection
/// is Kestrel's for good, that request included.
/// </summary>
internal sealed class FastConnection(Socket socket, FastAnswer answer)
{
    /// <summary>Heartbeats, a second each, without a request: Kestrel's own keep-alive timeout.</summary>
    private const int MostIdle = 130;

    /// <summary>Heartbeats in which a client does not read its answers.</summary>
    private const int MostBlocked = 10;

    /// <summary>Turns, every so many of which others get the thread too.</summary>
    private const int MostTurns = 64;

    /// <summary>Requests are a few hundred bytes; what is longer is Kestrel's.</summary>
    private readonly byte[] _input = new byte[1_024];

    private readonly byte[] _output = new byte[FastResponse.MaxLength];
    private readonly Lock _ending = new();
    private byte[] _lastRequest = [];
    private int _heartbeats;
    private bool _isSending;
    private volatile bool _isFinishing;

    public Socket Socket => socket;

    /// <summary>Ends when this connection is closed, or Kestrel's.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>Answers until the client leaves, or until something else is to be answered.</summary>
    /// <returns>What came in and is not answered: empty where the connection has ended.</returns>
    public async Task<ReadOnlyMemory<byte>> RunAsync()
    {
        for (var turn = 1; ; turn++)
        {
            _heartbeats = 0;
            var receiving = socket.ReceiveAsync(_input.AsMemory(), SocketFlags.None);
            // A client that sends faster than it is answered would keep the thread to itself.
            if (turn % MostTurns == 0 && receiving.IsCompleted) await Task.Yield();
            var received = await receiving;
            var start = answer.Time.GetTimestamp();
            for (var position = 0; position < received;)
            {
                var length = Measure(_input.AsSpan(position, received - position));
                if (length == 0) return _input.AsMemory(position, received - position);
                var reservation = await answer.Source.ReserveAsync(1, SlotGenerator.Now, CancellationToken.None);
                if (reservation.Refusal is not null) return _input.AsMemory(position, received - position);

                var size = answer.Response.Write(_output, reservation.Ids[0]);
                answer.Answered.Record(answer.Time.GetElapsedTime(start));
                var sent = socket.Send(_output.AsSpan(0, size), SocketFlags.None, out var error);
                if (error is not (SocketError.Success or SocketError.WouldBlock)) return default;
                if (sent < size) await SendAsync(_output.AsMemory(sent, size - sent));
                position += length;
            }

            if (received == 0 || _isFinishing) return default;
        }
    }

    /// <summary>
    /// Ends when what has come in is answered. Not by Kestrel: to it, a client from which nothing more is read has left.
    /// </summary>
    public void Finish()
    {
        _isFinishing = true;
        End(static socket => socket.Shutdown(SocketShutdown.Receive));
    }

    public void Close() => End(static socket => socket.Dispose());

    public void OnHeartbeat()
    {
        if (++_heartbeats > (_isSending ? MostBlocked : MostIdle)) Close();
    }

    /// <summary>
    /// Clients send the same bytes again and again: what was found flawless once need only be compared.
    /// </summary>
    private int Measure(ReadOnlySpan<byte> data)
    {
        if (_lastRequest.Length > 0 && data.StartsWith(_lastRequest)) return _lastRequest.Length;
        var length = FastRequest.Measure(data);
        if (length > 0) _lastRequest = data[..length].ToArray();
        return length;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> rest)
    {
        _heartbeats = 0;
        _isSending = true;
        while (!rest.IsEmpty) rest = rest[await socket.SendAsync(rest, SocketFlags.None)..];
        _isSending = false;
    }

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
