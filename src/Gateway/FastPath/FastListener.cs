using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace IdGenerator.Gateway.FastPath;

/// <summary>
/// Accepts connections, and gives Kestrel those on which anything but <c>GET /id</c> comes in.
/// </summary>
internal sealed partial class FastListener : IConnectionListener
{
    private readonly Socket _listening;
    private readonly FastAnswer _answer;
    private readonly HandOver _kestrel;
    private readonly ConcurrentDictionary<FastConnection, bool> _connections = new();
    private readonly Channel<ConnectionContext> _handedOver = Channel.CreateUnbounded<ConnectionContext>();
    private readonly ITimer _heartbeat;
    private readonly ILogger _logger;
    private readonly Task _accepting;
    private volatile bool _isClosing;

    public FastListener(
        Socket listening,
        SocketTransportOptions options,
        MemoryPool<byte> memory,
        FastAnswer answer,
        TimeProvider time,
        ILogger<FastListener> logger)
    {
        _listening = listening;
        _answer = answer;
        _logger = logger;
        _kestrel = new(options, memory, logger);
        EndPoint = listening.LocalEndPoint!;
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
                socket.NoDelay = true;
                // Sending what does not fit then says so instead of waiting.
                socket.Blocking = false;
                var connection = new FastConnection(socket, _answer);
                _connections.TryAdd(connection, true);
                connection.Running = ServeAsync(connection);
            }
            catch (Exception e) when (_isClosing && e is SocketException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The connection was gone before it was accepted, or there are too many.
                LogNotAccepted(e.Message);
                if (e.SocketErrorCode == SocketError.TooManyOpenSockets) await Task.Delay(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private async Task ServeAsync(FastConnection connection)
    {
        var isKestrels = false;
        try
        {
            var unanswered = await connection.RunAsync();
            isKestrels = !unanswered.IsEmpty
                && _handedOver.Writer.TryWrite(_kestrel.Wrap(connection.Socket, unanswered.Span));
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
        if (!isKestrels) connection.Close();
    }

    private void OnHeartbeat()
    {
        foreach (var (connection, _) in _connections) connection.OnHeartbeat();
    }

    [LoggerMessage(1, LogLevel.Debug, "A connection could not be accepted: {Problem}")]
    private partial void LogNotAccepted(string problem);

    [LoggerMessage(2, LogLevel.Error, "A connection was closed because answering it failed.")]
    private partial void LogFailed(Exception problem);
}
