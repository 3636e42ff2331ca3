using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Gateway.FastPath;

/// <summary>
/// Accepts connections, and gives Kestrel those on which anything but <c>GET /id</c> comes in.
/// </summary>
internal sealed partial class FastListener : IConnectionListener
{
    private readonly Socket _listening;
    private readonly long _mostConnections;
    private readonly FastAnswer _answer;
    private readonly HandOver _kestrel;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<FastConnection, bool> _connections = new();
    private readonly Channel<ConnectionContext> _handedOver = Channel.CreateUnbounded<ConnectionContext>();
    private readonly ITimer _heartbeat;
    private readonly ILogger _logger;
    private readonly Task _accepting;
    private long _open;
    private volatile bool _isClosing;

    /// <param name="listening">A socket that listens.</param>
    /// <param name="mostConnections">That may be open at once, Kestrel's included; one more is closed as soon as it comes.</param>
    /// <param name="answer">For <c>GET /id</c>.</param>
    /// <param name="kestrel">For everything else.</param>
    /// <param name="time">For connections without a request.</param>
    /// <param name="logger">For operators.</param>
    public FastListener(
        Socket listening, long mostConnections, FastAnswer answer, HandOver kestrel, TimeProvider time, ILogger<FastListener> logger)
    {
        _listening = listening;
        _mostConnections = mostConnections;
        _answer = answer;
        _kestrel = kestrel;
        _time = time;
        _logger = logger;
        EndPoint = listening.LocalEndPoint!;
        // Which the sockets that it accepts take over.
        listening.NoDelay = true;
        var second = TimeSpan.FromSeconds(1);
        _heartbeat = time.CreateTimer(static listener => ((FastListener)listener!).OnHeartbeat(), this, second, second);
        _accepting = AcceptAllAsync();
    }

    public EndPoint EndPoint { get; }

    /// <returns>A connection for Kestrel; null when there are no more.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _handedOver.Reader.WaitToReadAsync(cancellationToken) && _handedOver.Reader.TryRead(out var connection)
            ? connection
            : null;

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _isClosing = true;
        _listening.Dispose();
        await _accepting;
        foreach (var (connection, _) in _connections) connection.Finish();
        await Task.WhenAll(_connections.Keys.Select(connection => connection.Running)).WaitAsync(cancellationToken);
        _handedOver.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (connection, _) in _connections) connection.Close();
        await UnbindAsync();
        await _heartbeat.DisposeAsync();
        _kestrel.Dispose();
    }

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                var socket = await _listening.AcceptAsync();
                if (Interlocked.Increment(ref _open) <= _mostConnections) Serve(socket);
                else Refuse(socket);
            }
            catch (Exception e) when (_isClosing && e is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The connection was gone before it was accepted, or there are too many.
                LogNotAccepted(e.Message);
                if (e.SocketErrorCode == SocketError.TooManyOpenSockets) await Task.Delay(TimeSpan.FromMilliseconds(10), _time);
            }
        }
    }

    private void Refuse(Socket socket)
    {
        LogNotAccepted("There are more than Gateway__MaxConnections.");
        socket.Dispose();
        OnClosed();
    }

    private void Serve(Socket socket)
    {
        // Sending what does not fit then says so instead of waiting.
        socket.Blocking = false;
        var connection = new FastConnection(socket, _answer);
        _connections.TryAdd(connection, true);
        connection.Running = ServeAsync(connection);
    }

    private async Task ServeAsync(FastConnection connection)
    {
        var isKestrels = false;
        try
        {
            var unanswered = await connection.RunAsync();
            isKestrels = !unanswered.IsEmpty && TryHandOver(connection, unanswered.Span);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client is gone, or has been given up.
        }
        catch (Exception e)
        {
            LogFailed(e);
        }

        _connections.TryRemove(connection, out _);
        if (isKestrels) return;
        connection.Close();
        OnClosed();
    }

    private bool TryHandOver(FastConnection connection, ReadOnlySpan<byte> unanswered)
    {
        var kestrels = _kestrel.Wrap(connection.Socket, unanswered);
        if (!_handedOver.Writer.TryWrite(kestrels)) return false;
        kestrels.ConnectionClosed.UnsafeRegister(static listener => ((FastListener)listener!).OnClosed(), this);
        return true;
    }

    private void OnClosed() => Interlocked.Decrement(ref _open);

    private void OnHeartbeat()
    {
        foreach (var (connection, _) in _connections) connection.OnHeartbeat();
    }

    [LoggerMessage(1, LogLevel.Debug, "A connection could not be accepted: {Problem}")]
    private partial void LogNotAccepted(string problem);

    [LoggerMessage(2, LogLevel.Error, "A connection was closed because answering it failed.")]
    private partial void LogFailed(Exception problem);
}
