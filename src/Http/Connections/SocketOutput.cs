using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace IdGenerator.Http.Connections;

/// <summary>
/// Kestrel's answers to a client. A flush ends when the kernel has taken everything: what a client does not read holds up
/// the one who writes it, and nothing is gathered behind it. Of a client that takes longer than <see cref="MostBlocked"/> for a
/// flush, which is at most some 100 KB, the connection is reset, so that it learns that the answer has no end.
/// </summary>
internal sealed class SocketOutput(Client client, MemoryPool<byte> pool, TimeProvider time) : PipeWriter
{
    /// <summary>How long a client may take to read what is sent. There are few places, and one who does not read keeps others out.</summary>
    private static readonly TimeSpan MostBlocked = TimeSpan.FromSeconds(10);

    private readonly List<Block> _blocks = [];
    private readonly List<ArraySegment<byte>> _segments = [];
    private long _unflushed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_blocks.Count > 0 && _blocks[^1].Free is { IsEmpty: false } free && free.Length >= sizeHint) return free;
        var owner = sizeHint <= pool.MaxBufferSize ? pool.Rent() : null;
        var block = new Block(owner, owner?.Memory ?? new byte[sizeHint]);
        _blocks.Add(block);
        return block.Memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (bytes == 0) return;
        _blocks[^1] = _blocks[^1].With(bytes);
        _unflushed += bytes;
    }

    /// <returns>Completed where the client has left.</returns>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (client.HasLeft) Clear();
        if (_unflushed == 0) return new(new FlushResult(false, client.HasLeft));
        var sent = TrySend(out var error);
        if (sent == _unflushed) return Flushed();
        return error is SocketError.Success or SocketError.WouldBlock
            ? SendAsync(sent, cancellationToken)
            : Left();
    }

    /// <summary>Nobody does; a flush ends with its token.</summary>
    public override void CancelPendingFlush()
    {
    }

    /// <summary>
    /// Nothing more is written. What was written counts, flushed or not, as in every pipe: Kestrel leaves the end of a body without
    /// chunks (HTTP/1.0) to that. <see cref="CloseAsync"/> sends it.
    /// </summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>Sends what was not flushed.</summary>
    public async ValueTask CloseAsync()
    {
        await FlushAsync();
        Clear();
    }

    private int TrySend(out SocketError error)
    {
        try
        {
            if (_blocks.Count == 1) return client.Socket.Send(_blocks[0].Written.Span, SocketFlags.None, out error);
            foreach (var block in _blocks) _segments.Add(block.Segment);
            return client.Socket.Send(_segments, SocketFlags.None, out error);
        }
        catch (ObjectDisposedException)
        {
            error = SocketError.NotConnected;
            return 0;
        }
        finally
        {
            _segments.Clear();
        }
    }

    private async ValueTask<FlushResult> SendAsync(int sent, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(MostBlocked, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            while (Drop(sent))
            {
                client.IsWaitedFor = client.IsInBetween = true;
                sent = await client.Socket.SendAsync(_blocks[0].Written, SocketFlags.None, both.Token);
                client.IsWaitedFor = client.IsInBetween = false;
                client.Since = time.GetTimestamp();
                if (!Drop(sent)) break;
                sent = TrySend(out var error);
                if (error is not (SocketError.Success or SocketError.WouldBlock)) return await Left();
            }

            return await Flushed();
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            client.Reset();
            return await Left();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return await Left();
        }
    }

    private ValueTask<FlushResult> Flushed()
    {
        client.Since = time.GetTimestamp();
        Clear();
        return new(new FlushResult(isCanceled: false, isCompleted: false));
    }

    private ValueTask<FlushResult> Left()
    {
        Clear();
        client.Kestrels?.OnLeft();
        return new(new FlushResult(isCanceled: false, isCompleted: true));
    }

    /// <summary>Gives back what was sent.</summary>
    /// <returns>Whether something is left.</returns>
    private bool Drop(int sent)
    {
        _unflushed -= sent;
        var whole = 0;
        while (whole < _blocks.Count && sent >= _blocks[whole].Written.Length)
        {
            sent -= _blocks[whole].Written.Length;
            _blocks[whole++].Owner?.Dispose();
        }

        _blocks.RemoveRange(0, whole);
        if (sent > 0) _blocks[0] = _blocks[0].Without(sent);
        return _unflushed > 0;
    }

    private void Clear()
    {
        foreach (var block in _blocks) block.Owner?.Dispose();
        _blocks.Clear();
        _unflushed = 0;
    }

    /// <summary>A block: written from <paramref name="Start"/> to <paramref name="End"/>.</summary>
    private readonly record struct Block(IMemoryOwner<byte>? Owner, Memory<byte> Memory, int Start = 0, int End = 0)
    {
        public Memory<byte> Free => Memory[End..];

        public ReadOnlyMemory<byte> Written => Memory[Start..End];

        public ArraySegment<byte> Segment =>
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(Written, out var segment) ? segment : default;

        public Block With(int bytes) => this with { End = End + bytes };

        public Block Without(int bytes) => this with { Start = Start + bytes };
    }
}
