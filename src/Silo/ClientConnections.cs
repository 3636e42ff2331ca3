using IdGenerator.Gateway.Observability;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Silo;

/// <summary>
/// Bounds what the port for Orleans clients costs, which any process that reaches it may use: how many connections there
/// are, how large a message may be, and how many answers wait for a client that does not read them.
/// </summary>
internal sealed class ClientConnections(Refusals refusals)
{
    /// <summary>Connections that may be open. A client has one to each silo.</summary>
    public const int Most = 256;

    private int _open;

    public int Open => Volatile.Read(ref _open);

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > Most)
            {
                refusals.Count(Refusal.OrleansClient);
                connection.Abort(new ConnectionAbortedException("There are too many clients."));
                return;
            }

            connection.Transport = new PacedTransport(connection.Transport, connection.Abort);
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
