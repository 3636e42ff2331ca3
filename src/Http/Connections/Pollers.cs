namespace IdGenerator.Http.Connections;

/// <summary>The threads that wait for clients of the fast path.</summary>
internal sealed class Pollers : IDisposable
{
    private readonly Poller[] _all;
    private uint _next;

    /// <param name="workers">I/O queues that serve HTTP: half as many threads answer on the fast path.</param>
    public Pollers(int workers) =>
        _all = OperatingSystem.IsLinux() ? [.. Enumerable.Range(0, (workers + 1) / 2).Select(_ => new Poller())] : [];

    /// <exception cref="ObjectDisposedException">The connection is closed.</exception>
    /// <exception cref="IOException">The kernel has no memory for one more.</exception>
    public Readiness Watch(Client client)
    {
        var poller = _all.Length == 0 ? null : _all[Interlocked.Increment(ref _next) % _all.Length];
        // Known to the client before it is watched: whoever resets the connection meanwhile ends the wait.
        var readiness = client.Readiness = new(client.Socket, poller);
        poller?.Watch(readiness);
        return readiness;
    }

    public void Dispose()
    {
        foreach (var poller in _all) poller.Dispose();
    }
}
