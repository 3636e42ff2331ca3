using System.Net.Sockets;
using System.Runtime.CompilerServices;
using IdGenerator.Http.Connections;
using IdGenerator.Snowflake;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// A connection as long as all that it brings is <c>GET /id</c> and small <c>GET /ids/{count}</c>. At the first request that is
/// anything else, the connection is Kestrel's, that request included.
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

    private readonly AnswerBuffer _buffer = new();
    private byte[] _request = [];
    private int _count;
    private FastAnswerKind _kind = null!;

    /// <summary>Answers until the client leaves, or until something else is to be answered.</summary>
    /// <returns>What came in and is not answered: empty where the connection has ended.</returns>
    public async Task<ReadOnlyMemory<byte>> RunAsync()
    {
        using var readiness = answer.Pollers.Watch(client);
        var (kept, turn, isDrained) = (0, 0, true);
        while (true)
        {
            if (isDrained)
            {
                await readiness.WaitAsync();
                // What it had asked for before is not begun.
                if (readiness.IsReset) return Left();
                turn = 0;
            }
            else if (++turn % MostTurns == 0)
            {
                await Task.Yield();
            }

            // Noted before it is taken: see FastListener.OnHeartbeat.
            var begin = answer.Time.GetTimestamp();
            client.Since = begin;
            client.HasAsked = true;
            var free = _input.AsSpan(kept);
            var received = client.Socket.Receive(free, SocketFlags.None, out var error);
            isDrained = received < free.Length;
            if (error == SocketError.WouldBlock) continue;
            if (error != SocketError.Success) return Left();
            // What this side has cut off was no whole request.
            if (received == 0) return client.IsEnding ? default : _input.AsMemory(0, kept);

            client.IsInBetween = false;
            var end = kept + received;
            var position = 0;
            while (position < end)
            {
                var length = Recognize(_input.AsSpan(position, end - position));
                if (length == 0) break;
                var writing = TryWriteAsync(_kind, _count);
                // Who waits for the next millisecond's IDs makes room for nobody, nor does who waits for the refusal that Kestrel is to write.
                client.IsWaitedFor = writing.IsCompleted;
                if (!await writing)
                {
                    client.IsWaitedFor = false;
                    return _input.AsMemory(position, end - position);
                }

                client.IsWaitedFor = true;

                // Of several requests that have come in, all are answered.
                var isLast = answer.Stopping.IsCancellationRequested && position + length == end && !client.HasSent;
                var isSent = await TrySendAsync(isLast, begin);
                var series = isSent ? _kind.Answered : _kind.Aborted;
                series.Record(answer.Time.GetElapsedTime(begin));
                if (!isSent) return Left();
                position += length;
                client.IsToldLast = isLast;
                if (isLast) return default;
            }

            kept = end - position;
            if (kept > 0 && (position == 0 || !FastRequest.MayBegin(_input.AsSpan(position, kept)))) return _input.AsMemory(position, kept);
            _input.AsSpan(position, kept).CopyTo(_input);
            client.IsInBetween = kept > 0;
        }
    }

    /// <summary>
    /// Writes the body of an answer. A small one is whole or not at all: the slots of one that is refused half-way are lost, and
    /// Kestrel answers instead.
    /// </summary>
    private ValueTask<bool> TryWriteAsync(FastAnswerKind kind, int count)
    {
        var reserving = answer.Source.ReserveAsync(count, since: null, CancellationToken.None);
        if (!reserving.IsCompletedSuccessfully) return TryWriteAsync(kind, count, reserving);

        var reservation = reserving.Result;
        if (reservation.Refusal is not null) return new(false);
        Begin(kind, reservation.Slots);
        if (reservation.Slots.Count < count) return TryWriteRestAsync(kind, count - reservation.Slots.Count, reservation.Slots.Timestamp);
        kind.Format.End(_buffer);
        return new(true);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteAsync(FastAnswerKind kind, int count, ValueTask<Reservation> reserving)
    {
        var reservation = await reserving;
        if (reservation.Refusal is not null) return false;
        Begin(kind, reservation.Slots);
        return await TryWriteRestAsync(kind, count - reservation.Slots.Count, reservation.Slots.Timestamp);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TryWriteRestAsync(FastAnswerKind kind, int count, long since)
    {
        while (count > 0)
        {
            var reservation = await answer.Source.ReserveAsync(count, since, CancellationToken.None);
            if (reservation.Refusal is not null)
            {
                _buffer.End();
                return false;
            }

            kind.Format.Write(_buffer, new(answer.Source.Worker, reservation.Slots), isFirst: false);
            count -= reservation.Slots.Count;
        }

        kind.Format.End(_buffer);
        return true;
    }

    private void Begin(FastAnswerKind kind, SlotRange slots)
    {
        _buffer.Begin();
        kind.Format.Begin(_buffer);
        kind.Format.Write(_buffer, new(answer.Source.Worker, slots), isFirst: true);
    }

    /// <summary>
    /// Clients send the same bytes again and again: what was found flawless once need only be compared.
    /// </summary>
    /// <returns>The length of a request for the fast path, which <see cref="_kind"/> and <see cref="_count"/> are about; or 0.</returns>
    private int Recognize(ReadOnlySpan<byte> data)
    {
        if (_request.Length > 0 && data.StartsWith(_request)) return _request.Length;
        var request = FastRequest.Parse(data);
        if (request.Length == 0) return 0;
        _request = data[..request.Length].ToArray();
        (_count, _kind) = (request.Count, answer.Of(request.Format));
        return request.Length;
    }

    private ReadOnlyMemory<byte> Left()
    {
        client.HasLeft = true;
        return default;
    }

    /// <summary>Sends what was written, and gives its memory back.</summary>
    private ValueTask<bool> TrySendAsync(bool isLast, long now)
    {
        var bytes = _buffer.From(answer.Response.WriteHead(_buffer.Head, _kind.Beginning, _buffer.BodyLength, isLast, now));
        var (sent, error) = (0, SocketError.ConnectionReset);
        try
        {
            sent = client.Socket.Send(bytes.Span, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            // Reset by this side, for the sake of others.
        }

        if (sent < bytes.Length && (error is SocketError.Success or SocketError.WouldBlock)) return TrySendAsync(bytes[sent..]);
        _buffer.End();
        return new(sent == bytes.Length);
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
            _buffer.End();
        }
    }
}
