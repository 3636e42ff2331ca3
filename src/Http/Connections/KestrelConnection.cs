using System.Buffers;
using System.IO.Pipelines;
using IdGenerator.Http.Observability;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace IdGenerator.Http.Connections;

/// <summary>
/// A client's connection as Kestrel sees it, from a request until the client leaves, or until the place that it takes is
/// needed and no request is under way: then Kestrel is told that it has ended, and the socket stays open without Kestrel.
/// </summary>
internal sealed class KestrelConnection : DefaultConnectionContext, IMemoryPoolFeature, IDuplexPipe, IDeparture
{
    private static long _last;

    private readonly CancellationTokenSource _left = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SocketInput _input;
    private readonly SocketOutput _output;
    private readonly Client _client;

    public KestrelConnection(
        Client client, ReadOnlySpan<byte> alreadyRead, Places places, MemoryPool<byte> memory, TimeProvider time)
        : base($"{Interlocked.Increment(ref _last):X}")
    {
        MemoryPool = memory;
        _client = client;
        _input = new(client, alreadyRead, places, memory, time);
        _output = new(client, memory, time);
        Transport = this;
        ConnectionClosed = _left.Token;
        LocalEndPoint = client.Socket.LocalEndPoint;
        RemoteEndPoint = client.Socket.RemoteEndPoint;
        // Kestrel counts on blocks of 4 KiB, which a connection has to bring with it.
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IDeparture>(this);
        Features.Set(this);
    }

    public MemoryPool<byte> MemoryPool { get; }

    PipeReader IDuplexPipe.Input => _input;

    PipeWriter IDuplexPipe.Output => _output;

    /// <summary>Ends when Kestrel is done with it.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether nothing is being answered, and the client has read the answers.</summary>
    public bool IsIdle => _input.IsIdle && !KernelBuffers.HasUnread(_client.Socket);

    /// <summary>Whether more has come in than the request that is being answered.</summary>
    public bool HasMore => _input.HasMore;

    public bool HasLeft => _client.HasLeft;

    /// <summary>What has come in, and is not answered, of a connection that <see cref="GoesOn"/>.</summary>
    public byte[] Rest { get; private set; } = [];

    /// <summary>Whether the connection itself goes on, without Kestrel.</summary>
    public bool GoesOn => _input.WasGivenUp && !_client.HasLeft;

    /// <summary>See <see cref="SocketInput.HasBody"/>.</summary>
    public void OnBody() => _input.HasBody = true;

    /// <summary>See <see cref="SocketInput.GiveUp"/>.</summary>
    public void GiveUp() => _input.GiveUp();

    /// <summary>The client has left: what runs for it ends, and nothing else is begun.</summary>
    public void OnLeft()
    {
        if (_client.HasLeft) return;
        _client.HasLeft = true;
        // Elsewhere: the caller may hold a lock that those who are told want.
        ThreadPool.UnsafeQueueUserWorkItem(static left => left.Cancel(), _left, preferLocal: false);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _client.Reset();
        OnLeft();
    }

    public override async ValueTask DisposeAsync()
    {
        if (GoesOn) Rest = _input.Rest;
        _input.Complete();
        await _output.CloseAsync();
        _ended.TrySetResult();
        await base.DisposeAsync();
    }
}
