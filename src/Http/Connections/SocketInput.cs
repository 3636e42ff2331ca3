using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Http.Connections;

/// <summary>
/// What a client sends, for Kestrel. Kestrel's own transport reads ahead, up to 1 MiB a connection; this one reads from the
/// socket only when Kestrel asks for more than it has. So pipelined requests wait in the kernel, a connection holds the one
/// block (4 KiB) that they are parsed in, and once a client has left, nothing that it sent is begun.
/// <para>
/// A client that ends its side (FIN) is only done asking: reads end after what came in, and the connection goes on.
/// </para>
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A token source without a timer holds nothing that has to be freed.")]
internal sealed class SocketInput : PipeReader
{
    /// <summary>More than the line and the headers of a request may have (8 KiB and 32 KiB).</summary>
    private const int MostUnread = 64 * 1_024;

    /// <summary>Bytes that are read at a time: the requests in them, 25 where a client pipelines short ones, are not in the kernel any
    /// more.</summary>
    private const int Turn = 1_024;

    private readonly Client _client;
    private readonly Places _places;
    private readonly TimeProvider _time;
    private IMemoryOwner<byte>? _block;
    private Memory<byte> _buffer;
    private ReadOnlySequence<byte> _shown;
    private int _start;
    private int _shownEnd;
    private int _end;
    private int _examined;
    private uint _lastBytes;
    private bool _hasRead;
    private bool _hasEnded;
    private volatile bool _isCanceled;
    private volatile bool _isGivenUp;
    private volatile bool _isIdle;
    private CancellationTokenSource _wake = new();

    /// <param name="client">Who sends.</param>
    /// <param name="alreadyRead">What it has sent first, at most a block.</param>
    /// <param name="places">Of which this connection has one.</param>
    /// <param name="pool">Kestrel's blocks.</param>
    /// <param name="time">For when requests begin.</param>
    public SocketInput(Client client, ReadOnlySpan<byte> alreadyRead, Places places, MemoryPool<byte> pool, TimeProvider time)
    {
        (_client, _places, _time) = (client, places, time);
        _block = pool.Rent();
        _buffer = _block.Memory;
        alreadyRead.CopyTo(_buffer.Span);
        _end = alreadyRead.Length;
        Note(alreadyRead);
        _shownEnd = EndOfHead();
        _hasRead = _end > 0;
    }

    /// <summary>Whether more has come in than Kestrel was shown.</summary>
    public bool HasMore => _end > _shownEnd || _client.HasSent;

    /// <summary>Whether it waits for a request of which nothing has come, and was not told to <see cref="GiveUp"/>.</summary>
    public bool IsIdle => _isIdle && !_isGivenUp;

    /// <summary>Whether reading ended between two requests, because the place was wanted.</summary>
    public bool WasGivenUp { get; private set; }

    /// <summary>A request has a body. Where that ends only Kestrel knows, so the connection is Kestrel's to its end: what was left
    /// of the body would be taken for a request.</summary>
    public bool HasBody { private get; set; }

    /// <summary>What has come of the request after the last one, where <see cref="WasGivenUp"/>.</summary>
    public byte[] Rest => _buffer[_start.._end].ToArray();

    /// <summary>If it is idle, Kestrel is told that there are no more requests. What comes next is for another reader.</summary>
    public void GiveUp()
    {
        _isGivenUp = true;
        if (_isIdle) _wake.Cancel();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryRead(out var result) ? new(result) : ReceiveAsync();

    public override bool TryRead(out ReadResult result)
    {
        if (_isCanceled)
        {
            _isCanceled = false;
            result = Show(isCanceled: true);
            return true;
        }

        if (_client.HasLeft) throw new ConnectionResetException("The client has left.");
        result = default;
        if (!_hasEnded && _shownEnd == _examined) return false;
        result = Show();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var start = _start;
        _start = start + (int)_shown.Slice(_shown.Start, consumed).Length;
        _examined = start + (int)_shown.Slice(_shown.Start, examined).Length;
        if (_start == _end) _start = _shownEnd = _end = _examined = 0;
    }

    public override void CancelPendingRead()
    {
        _isCanceled = true;
        _wake.Cancel();
    }

    public override void Complete(Exception? exception = null)
    {
        _block?.Dispose();
        _block = null;
        _buffer = default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReceiveAsync()
    {
        try
        {
            // It has got its place for what has come in, so it is not idle before that was read.
            _isIdle = _start == _shownEnd && (_end > _shownEnd || HasBlankLine) && _hasRead && !HasBody;
            _hasRead = true;
            if (_isIdle) await LetOthersInAsync();
            if (_end > _shownEnd)
            {
                _shownEnd = _start == _shownEnd ? EndOfHead() : _end;
                ThrowIfGone();
                OnRequest();
                return Show();
            }

            if (_end == _buffer.Length) MakeRoom();
            var free = _buffer.Slice(_end, Math.Min(Turn, _buffer.Length - _end));
            var receiving = _client.Socket.ReceiveAsync(free, SocketFlags.None, _wake.Token);
            var waits = !receiving.IsCompleted;
            _client.IsWaitedFor = waits;
            var received = await receiving;
            _client.IsWaitedFor = false;
            if (!waits) await Task.Yield();

            ThrowIfGone();
            if (_end == 0) OnRequest();
            _hasEnded = received == 0;
            Note(free.Span[..received]);
            _end += received;
            _shownEnd = EndOfHead();
            return Show();
        }
        catch (OperationCanceledException)
        {
            WasGivenUp = _hasEnded = _client.IsLeavingPlace = _isIdle && _isGivenUp && !_isCanceled;
            _wake = new();
            return Show(isCanceled: Interlocked.Exchange(ref _isCanceled, false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _client.Kestrels?.OnLeft();
            throw new ConnectionResetException(e.Message, e);
        }
        finally
        {
            _isIdle = false;
        }
    }

    /// <summary>Where others wait for the place, it is given up as soon as the client has read its answers.</summary>
    private async ValueTask LetOthersInAsync()
    {
        while (_places.AreWanted || _isGivenUp)
        {
            if (!KernelBuffers.HasUnread(_client.Socket)) GiveUp();
            _client.IsWaitedFor = true;
            await Task.Delay(Places.Interval, _time, _wake.Token);
        }
    }

    /// <summary>Kestrel takes a header as soon as its line is complete, so that nothing may be left of half a request. Only the last
    /// bytes that came tell.</summary>
    private void Note(ReadOnlySpan<byte> received)
    {
        foreach (var letter in received[^Math.Min(4, received.Length)..]) _lastBytes = (_lastBytes << 8) | letter;
    }

    // A line may end with LF alone (RFC 9112, section 2.2).
    private bool HasBlankLine => (_lastBytes & 0xFFFF) == 0x0A0A || (_lastBytes & 0xFF_FFFF) == 0x0A0D0A;

    private void ThrowIfGone()
    {
        if (_client.IsGone) throw new SocketException((int)SocketError.ConnectionReset);
    }

    private void OnRequest()
    {
        _isGivenUp = _client.IsLeavingPlace = false;
        _client.HasAsked = true;
        _client.IsWaitedFor = false;
        _client.Since = _time.GetTimestamp();
    }

    private ReadResult Show(bool isCanceled = false)
    {
        _shown = new(_buffer[_start.._shownEnd]);
        return new(_shown, isCanceled, _hasEnded);
    }

    /// <summary>
    /// Kestrel is shown one request at a time. Between two of them it can give up its place to others; in the middle of one, or
    /// while it has a dozen that each wait for a millisecond's IDs, it cannot.
    /// </summary>
    private int EndOfHead()
    {
        if (_hasEnded || HasBody) return _end;
        // A line may end with LF alone (RFC 9112, section 2.2).
        for (var line = _start; _buffer.Span[line.._end].IndexOf((byte)'\n') is >= 0 and var length;)
        {
            line += length + 1;
            var rest = _buffer.Span[line.._end];
            if (rest.StartsWith("\n"u8)) return line + 1;
            if (rest.StartsWith("\r\n"u8)) return line + 2;
        }

        return _end;
    }

    private void MakeRoom()
    {
        var unread = _buffer[_start.._end];
        if (_start == 0)
        {
            if (unread.Length == MostUnread) throw new InvalidOperationException("A request has no end.");
            _buffer = new byte[2 * unread.Length];
        }

        unread.CopyTo(_buffer);
        (_start, _shownEnd, _end, _examined) = (0, unread.Length, unread.Length, _examined - _start);
    }
}
