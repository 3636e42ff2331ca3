using System.Net.Sockets;
using IdGenerator.Http.Connections;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// A connection as long as all that it brings is <c>GET /id</c>. At the first request that is anything else, the connection
/// is Kestrel's, that request included.
/// </summary>
internal sealed class FastConnection(Client client, FastAnswer answer)
{
    /// <summary>
    /// How often a connection may read and answer in a row while more has already come in. Then the other connections of its thread
    /// have their turn: otherwise a client that sends without a pause would keep the thread to itself.
    /// </summary>
    private const int MostTurns = 2;

    /// <summary>What has come in. A request for one ID is a few hundred bytes long; a longer one is left to Kestrel.</summary>
    private readonly byte[] _input = new byte[1_024];

    private readonly byte[] _output = new byte[FastResponse.MaxLength];
    private byte[] _lastRequest = [];

    /// <summary>Answers until the client leaves, or until something else is to be answered.</summary>
    /// <returns>What came in and is not answered: empty where the connection has ended.</returns>
    public async Task<ReadOnlyMemory<byte>> RunAsync()
    {
        var socket = client.Socket;
        var kept = 0;
        for (var turn = 1; ; turn++)
        {
            var receiving = socket.ReceiveAsync(_input.AsMemory(kept), SocketFlags.None);
            if (turn % MostTurns == 0 && receiving.IsCompleted) await Task.Yield();
            var received = await receiving;
            if (received == 0) return _input.AsMemory(0, kept);

            var start = answer.Time.GetTimestamp();
            client.Since = start;
            client.HasAsked = true;
            client.IsInBetween = false;
            var end = kept + received;
            var position = 0;
            while (position < end)
            {
                var length = Measure(_input.AsSpan(position, end - position));
                if (length == 0) break;
                var reservation = await answer.Source.ReserveAsync(1, since: null, CancellationToken.None);
                if (reservation.Refusal is not null) return _input.AsMemory(position, end - position);

                var size = answer.Response.Write(_output, SnowflakeId.Compose(reservation.Slots.First, answer.Source.Worker));
                var sent = socket.Send(_output.AsSpan(0, size), SocketFlags.None, out var error);
                var isSent = sent == size || (error is SocketError.Success or SocketError.WouldBlock && await TrySendAsync(_output.AsMemory(sent, size - sent)));
                (isSent ? answer.Answered : answer.Aborted).Record(answer.Time.GetElapsedTime(start));
                if (!isSent) return default;
                position += length;
            }

            kept = end - position;
            if (kept > 0 && (position == 0 || !FastRequest.MayBegin(_input.AsSpan(position, kept)))) return _input.AsMemory(position, kept);
            if (client.IsEnding) return default;
            _input.AsSpan(position, kept).CopyTo(_input);
            client.IsInBetween = kept > 0;
        }
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

    private async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> rest)
    {
        client.IsInBetween = true;
        try
        {
            while (!rest.IsEmpty)
            {
                rest = rest[await client.Socket.SendAsync(rest, SocketFlags.None)..];
                client.Since = answer.Time.GetTimestamp();
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            client.IsInBetween = false;
        }
    }
}
