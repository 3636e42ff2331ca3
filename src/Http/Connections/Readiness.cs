using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace IdGenerator.Http.Connections;

/// <summary>
/// Tells the one who serves a socket when there is something to read from it. Waiting allocates nothing. What was told while
/// nobody waited ends the next wait at once, so a wait may end without anything to read, but never the other way round.
/// </summary>
internal sealed class Readiness(Socket socket, Poller? poller) : IValueTaskSource, IDisposable
{
    private const int Nothing = 0;
    private const int Told = 1;
    private const int Waiting = 2;

    // Mutable, so not readonly.
    private ManualResetValueTaskSourceCore<bool> _wait;
    private int _state;
    private volatile bool _hasEnded;

    public Socket Socket => socket;

    /// <summary>Of the socket, once the <see cref="Poller"/> watches it.</summary>
    public int Descriptor { get; set; }

    /// <summary>Tells it from those of other sockets that had the same descriptor.</summary>
    public int Generation { get; set; }

    /// <summary>Whether the client has reset the connection. What came in before is still there to be read.</summary>
    public bool IsReset { get; private set; }

    /// <summary>To be called by one at a time, after reading all that there was.</summary>
    public ValueTask WaitAsync()
    {
        if (poller is null) return new(socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).AsTask());
        // The end of what a client sends is told once, and may be told together with the last bytes.
        if (_hasEnded) return default;
        _wait.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Nothing) == Nothing) return new(this, _wait.Version);
        Volatile.Write(ref _state, Nothing);
        return default;
    }

    /// <summary>Whoever waits goes on before this returns.</summary>
    public void Tell(bool hasEnded, bool isReset)
    {
        if (hasEnded) _hasEnded = true;
        if (isReset) IsReset = true;
        Tell();
    }

    /// <summary>Whoever waits goes on in the thread pool.</summary>
    public void TellLater() => ThreadPool.UnsafeQueueUserWorkItem(static readiness => readiness.Tell(), this, preferLocal: false);

    /// <summary>Nothing more is told.</summary>
    public void Dispose() => poller?.Unwatch(this);

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private void Tell()
    {
        while (true)
        {
            var state = Volatile.Read(ref _state);
            if (state == Told) return;
            if (Interlocked.CompareExchange(ref _state, state == Waiting ? Nothing : Told, state) != state) continue;
            if (state == Waiting) _wait.SetResult(true);
            return;
        }
    }
}
