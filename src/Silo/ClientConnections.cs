using IdGenerator.Http.Observability;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Silo;

/// <summary>
/// Bounds what the port for Orleans clients costs, which any process that reaches it may use: how many connections there
/// are, how large a message may be, and how many calls and answers of a connection wait.
/// </summary>
internal sealed class ClientConnections(Refusals refusals, TimeProvider time)
{
    /// <summary>Connections that may be open. A client has one to each silo.</summary>
    public const int Most = 256;

    private readonly Dictionary<PacedTransport, ConnectionContext> _open = [];
    private readonly Lock _opening = new();

    public int Open
    {
        get
        {
            lock (_opening) return _open.Count;
        }
    }

    /// <summary>Serves a connection. Where as many as may be are open, another is closed to make room for it.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var transport = new PacedTransport(connection.Transport, () => Close(connection, "A message is too long."), time);
        if (Admit(transport, connection) is { } other) Close(other, "There are too many clients.");
        try
        {
            connection.Transport = transport;
            await next(connection);
        }
        finally
        {
            lock (_opening) _open.Remove(transport);
        }
    }

    /// <returns>The connection that makes room: one that has never called, if there is any, and the longest idle one of them.</returns>
    private ConnectionContext? Admit(PacedTransport transport, ConnectionContext connection)
    {
        lock (_opening)
        {
            ConnectionContext? closed = null;
            if (_open.Count >= Most) _open.Remove(_open.Keys.MinBy(other => (other.HasCalled, other.HeardAt))!, out closed);
            _open.Add(transport, connection);
            return closed;
        }
    }

    private void Close(ConnectionContext connection, string reason)
    {
        refusals.Count(Refusal.OrleansClient);
        connection.Abort(new ConnectionAbortedException(reason));
    }
}
