using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Gateway.Connections;

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

    private readonly Client _client;
    private readonly Places _places;
    private readonly TimeProvider _time;
    private IMemoryOwner<byte>? _block;
    private Memory<byte> _buffer;
    private ReadOnlySequence<byte> _shown;
    private int _start;
    private int _end;
    private int _examined;
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
    }

    /// <summary>Whether it waits for a request of which nothing has come, and was not told to <see cref="GiveUp"/>.</summary>
    public bool IsIdle => _isIdle && !_isGivenUp;

    /// <summary>Whether reading ended because of <see cref="GiveUp"/>, between two requests.</summary>
    public bool WasGivenUp { get; private set; }

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
        if (_hasEnded || _end > _examined)
        {
            result = Show();
            return true;
        }

        result = default;
        return false;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var start = _start;
        _start = start + (int)_shown.Slice(_shown.Start, consumed).Length;
        _examined = start + (int)_shown.Slice(_shown.Start, examined).Length;
        if (_start == _end) _start = _end = _examined = 0;
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
            _isIdle = _end == 0;
            if (_isIdle && _places.AreWanted) GiveUp();
            if (_end == _buffer.Length) MakeRoom();
            var receiving = _client.Socket.ReceiveAsync(_buffer[_end..], SocketFlags.None, _wake.Token);
            var waits = !receiving.IsCompleted;
            _client.IsWaitedFor = waits;
            var received = await receiving;
            _client.IsWaitedFor = false;
            if (waits) await Threads.LeaveSocketsAsync();
            // A block may hold a hundred requests: before the next one it is the turn of other connections.
            else await Task.Yield();

            if (_isIdle) OnRequest();
            _hasEnded = received == 0;
            _end += received;
            return Show();
        }
        catch (OperationCanceledException)
        {
            WasGivenUp = _hasEnded = _isIdle && _isGivenUp && !_isCanceled;
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

    private void OnRequest()
    {
        _isGivenUp = false;
        _client.HasAsked = true;
        _client.Since = _time.GetTimestamp();
    }

    private ReadResult Show(bool isCanceled = false)
    {
        _shown = new(_buffer[_start.._end]);
        return new(_shown, isCanceled, _hasEnded);
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
        (_start, _end, _examined) = (0, unread.Length, _examined - _start);
    }
}
