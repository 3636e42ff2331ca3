using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace IdGenerator.Silo;

/// <summary>
/// Bounds what the port for Orleans clients costs, which any process that reaches it may use: how many connections there
/// are, how large a message may be, and how many answers wait for a client that does not read them.
/// </summary>
internal sealed partial class ClientConnections(TimeProvider time, ILogger<ClientConnections> logger)
{
    /// <summary>Connections that may be open. A client has one to each silo.</summary>
    public const int Most = 256;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private int _open;
    private long _refused;
    private long _told;
    private long _toldAt;

    public int Open => Volatile.Read(ref _open);

    /// <summary>Connections that were closed because there were too many.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > Most)
            {
                Refuse(connection);
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

    private void Refuse(ConnectionContext connection)
    {
        connection.Abort(new ConnectionAbortedException("There are too many clients."));
        var refused = Interlocked.Increment(ref _refused);
        var toldAt = Volatile.Read(ref _toldAt);
        if (toldAt != 0 && time.GetElapsedTime(toldAt) < Interval) return;
        if (Interlocked.CompareExchange(ref _toldAt, time.GetTimestamp(), toldAt) != toldAt) return;
        LogRefused(refused - Interlocked.Exchange(ref _told, refused), Most);
    }

    [LoggerMessage(1, LogLevel.Warning, "{Count} connections of Orleans clients were closed: {Most} are open.")]
    private partial void LogRefused(long count, int most);
}
