using System.Net.Sockets;

namespace IdGenerator.Http.Connections;

/// <summary>
/// A thread that waits until sockets have something to read, and on which whoever waited for that goes on. Sockets of .NET try to
/// read first, and wait when there was nothing: that is a system call for each request, and what it takes to keep their books,
/// which this saves (docs/performance.md). Linux only.
/// </summary>
internal sealed class Poller : IDisposable
{
    private readonly Epoll _epoll = new();
    private readonly Lock _changing = new();
    private readonly Thread _thread;

    // By file descriptor.
    private Readiness?[] _readiness = new Readiness?[1_024];
    private int _generation;
    private volatile bool _isStopped;

    public Poller()
    {
        _thread = new(Run) { IsBackground = true, Name = nameof(Poller) };
        _thread.Start();
    }

    /// <summary>From now on <paramref name="readiness"/> is told of what can be read, beginning with what is there already.</summary>
    /// <exception cref="ObjectDisposedException">The socket is closed.</exception>
    /// <exception cref="IOException">The kernel has no memory for one more.</exception>
    public void Watch(Readiness readiness)
    {
        var handle = readiness.Socket.SafeHandle;
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            var descriptor = readiness.Descriptor = (int)handle.DangerousGetHandle();
            lock (_changing)
            {
                if (descriptor >= _readiness.Length) Array.Resize(ref _readiness, 2 * descriptor);
                readiness.Generation = ++_generation;
                _readiness[descriptor] = readiness;
                _epoll.Watch(descriptor, readiness.Generation);
            }
        }
        finally
        {
            if (isHeld) handle.DangerousRelease();
        }
    }

    /// <summary>From now on it is told nothing more, but what was on its way.</summary>
    public void Unwatch(Readiness readiness)
    {
        lock (_changing)
        {
            // Another socket may have the descriptor, where this one was closed meanwhile.
            if (_readiness[readiness.Descriptor] != readiness) return;
            _readiness[readiness.Descriptor] = null;
            _epoll.Forget(readiness.Descriptor);
        }
    }

    public void Dispose()
    {
        _isStopped = true;
        // One that is not connected has ended, of which the thread learns at once.
        using var waker = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Watch(new(waker, this));
        _thread.Join();
        _epoll.Dispose();
    }

    private void Run()
    {
        while (!_isStopped)
        {
            var count = _epoll.Wait();
            for (var index = 0; index < count; index++)
            {
                var told = _epoll.Get(index);
                // What was on its way for a socket that is closed is not for the one that has its descriptor now.
                if (Volatile.Read(ref _readiness)[told.Socket] is { } readiness && readiness.Generation == told.Generation)
                    readiness.Tell(told.HasEnded, told.IsReset);
            }
        }
    }
}
