using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using IdGenerator.Http.Connections;
using IdGenerator.Http.Observability;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Http.FastPath;

/// <summary>
/// Accepts connections, and gives Kestrel those on which anything comes in that is not for the fast path, for as long as Kestrel
/// has a place for them.
/// </summary>
internal sealed partial class FastListener : IConnectionListener
{
    /// <summary>How long a new connection may stay without its first request. A client connects because it has one, so this is short.</summary>
    private static readonly TimeSpan MostSilent = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may stay idle between two requests: as long as Kestrel's own keep-alive timeout.</summary>
    private static readonly TimeSpan MostIdle = TimeSpan.FromSeconds(130);

    /// <summary>The size in bytes of the buffer for a first request that Kestrel is going to answer. Most requests fit in.</summary>
    private const int FirstBlock = 512;

    /// <summary>How long a client may take to read an answer of the fast path before its connection is closed.</summary>
    private static readonly TimeSpan MostUnread = TimeSpan.FromSeconds(10);

    /// <summary>How long those who have connected just before a stop may take for their first request.</summary>
    private static readonly TimeSpan MostSilentAtStop = TimeSpan.FromSeconds(1);

    private readonly ListenerServices _shared;
    private readonly ConcurrentDictionary<Client, Task> _bare = new();
    private readonly Channel<ConnectionContext> _handedOver = Channel.CreateUnbounded<ConnectionContext>();
    private readonly ITimer _heartbeat;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Farewell _farewell;
    private readonly Task _accepting;
    private volatile bool _isClosed;

    /// <param name="listening">A socket that listens.</param>
    /// <param name="shared">What all listeners have in common.</param>
    /// <param name="logger">For operators.</param>
    public FastListener(Socket listening, ListenerServices shared, ILogger<FastListener> logger)
    {
        _shared = shared;
        _logger = logger;
        _farewell = new(shared.Time, _closing.Token);
        EndPoint = listening.LocalEndPoint!;
        var second = TimeSpan.FromSeconds(1);
        _heartbeat = Time.CreateTimer(static listener => ((FastListener)listener!).OnHeartbeat(), this, second, second);
        _accepting = new Acceptor(listening, shared, Serve, logger).RunAsync(_closing.Token);
    }

    public EndPoint EndPoint { get; }

    private TimeProvider Time => _shared.Time;

    /// <returns>A connection for Kestrel; null when there are no more.</returns>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _handedOver.Reader.WaitToReadAsync(cancellationToken) && _handedOver.Reader.TryRead(out var connection)
            ? connection
            : null;

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _closing.CancelAsync();
        await _accepting;
        await WaitWhileAsync(() => _bare.Keys.Any(client => !client.HasAsked), MostSilentAtStop);
        _isClosed = true;
        foreach (var (client, _) in _bare) client.EndReading();
        await Task.WhenAll(_bare.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // Kestrel is going to end all connections of which it has not read a request yet, although one has come in.
        while (!_shared.Clients.AreAnswered && !cancellationToken.IsCancellationRequested)
            await Task.Delay(Places.Interval, Time, CancellationToken.None);
        _handedOver.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (client, _) in _bare) client.Reset();
        await UnbindAsync();
        // Those whose last answer came from Kestrel.
        await WaitWhileAsync(() => _shared.Clients.Open > 0, Farewell.MostLingerAtStop);
        await _heartbeat.DisposeAsync();
        _closing.Dispose();
    }

    private void Serve(Socket socket)
    {
        var client = new Client(socket, Time.GetTimestamp());
        if (!_shared.Clients.TryAdd(client))
        {
            _shared.Refusals.Count(Refusal.NotAccepted);
            client.Close();
            return;
        }

        // Sending what does not fit then says so instead of waiting.
        socket.Blocking = false;
        _ = ServeAsync(client);
    }

    private async Task ServeAsync(Client client)
    {
        try
        {
            ReadOnlyMemory<byte> rest = default;
            while (await WaitForKestrelAsync(client, rest) is { } kestrels && await IsGivenBackAsync(client, kestrels))
                rest = kestrels.Rest;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client is gone, or has been given up.
        }
        catch (Exception e)
        {
            LogFailed(e);
        }

        // What the kernel has of a connection that is closed is in nobody's count, and a client may leave it there.
        if (!client.IsDismissed && !client.HasLeft)
        {
            client.IsWaitedFor = client.IsInBetween = true;
            await _farewell.UntilReadAsync(client, KernelBuffers.HasUnacknowledged);
        }

        client.Close();
        _shared.Clients.Remove(client);
    }

    private async Task WaitWhileAsync(Func<bool> isSo, TimeSpan most)
    {
        var began = Time.GetTimestamp();
        while (isSo() && Time.GetElapsedTime(began) < most) await Task.Delay(Places.Interval, Time);
    }

    /// <summary>Answers what is not for Kestrel.</summary>
    /// <param name="client">Whom.</param>
    /// <param name="rest">The beginning of a request that Kestrel has left.</param>
    /// <returns>The connection that Kestrel has got; null where there is nothing more to answer.</returns>
    private async Task<KestrelConnection?> WaitForKestrelAsync(Client client, ReadOnlyMemory<byte> rest)
    {
        var ended = new TaskCompletionSource();
        _bare[client] = ended.Task;
        try
        {
            if (_isClosed) client.EndReading();
            var unanswered = rest.IsEmpty ? await ReceiveAsync(client) : rest;
            if (client.IsToldLast) await _farewell.LingerAsync(client);
            if (unanswered is null) return null;
            client.HasAsked = true;
            client.IsWaitedFor = false;
            // What takes longer must not keep the poller's thread from other connections.
            await Task.Yield();
            return await _shared.Places.EnterAsync(client, unanswered.Value.Span) ? TryHandOver(client, unanswered.Value.Span) : null;
        }
        finally
        {
            _bare.TryRemove(client, out _);
            ended.SetResult();
        }
    }

    /// <summary>Gives the connection, which has a place there, to Kestrel.</summary>
    /// <returns>Null where it has ended, or Kestrel has.</returns>
    private KestrelConnection? TryHandOver(Client client, ReadOnlySpan<byte> unanswered)
    {
        try
        {
            KernelBuffers.BoundAtKestrel(client.Socket);
            client.Kestrels = new KestrelConnection(client, unanswered, _shared.Places, _shared.Memory, Time);
            if (_handedOver.Writer.TryWrite(client.Kestrels)) return client.Kestrels;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client is gone, or has been given up.
        }

        _shared.Places.Leave(client);
        return null;
    }

    private async Task<bool> IsGivenBackAsync(Client client, KestrelConnection kestrels)
    {
        await kestrels.Ended;
        client.Kestrels = null;
        var goesOn = kestrels.GoesOn && !_isClosed;
        var lingering = goesOn || client.HasLeft ? Task.CompletedTask : _farewell.LingerAsync(client);
        try
        {
            // Until the client has read the last answer, that is memory, which comes with a place. What follows takes none.
            await _farewell.UntilReadAsync(client, KernelBuffers.HasUnread);
            if (goesOn) KernelBuffers.BoundBare(client.Socket);
        }
        finally
        {
            _shared.Places.Leave(client);
        }

        client.IsWaitedFor = true;
        await lingering;
        return goesOn;
    }

    /// <returns>What came in and is not answered; null where the client has nothing more to say.</returns>
    private async Task<ReadOnlyMemory<byte>?> ReceiveAsync(Client client)
    {
        if (_shared.FastPath is { } answer)
        {
            var unanswered = await new FastConnection(client, answer).RunAsync();
            return unanswered.IsEmpty ? null : unanswered;
        }

        // Without a buffer for the while: only a request needs one.
        await client.Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        client.Since = Time.GetTimestamp();
        client.HasAsked = true;
        var block = new byte[FirstBlock];
        var received = await client.Socket.ReceiveAsync(block.AsMemory(), SocketFlags.None);
        return received > 0 ? block.AsMemory(0, received) : null;
    }

    private void OnHeartbeat()
    {
        foreach (var (client, _) in _bare)
        {
            // What has come in and was not looked at yet, because the process was paused, has come in time. Whoever takes it at this
            // moment has noted that before, so the second look sees it.
            if (!IsOverdue(client) || (!client.IsInBetween && client.HasSent) || !IsOverdue(client)) continue;
            if (!client.HasAsked) _shared.Refusals.Count(Refusal.Silent);
            client.Dismiss();
        }

        _shared.Refusals.TellRest();
    }

    private bool IsOverdue(Client client)
    {
        var waited = Time.GetElapsedTime(client.Since);
        return waited > (client.IsInBetween ? MostUnread : client.HasAsked ? MostIdle : MostSilent);
    }

    [LoggerMessage(2, LogLevel.Error, "A connection was closed because answering it failed.")]
    private partial void LogFailed(Exception problem);
}
