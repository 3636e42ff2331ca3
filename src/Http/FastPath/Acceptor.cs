using System.Net.Sockets;
using IdGenerator.Http.Connections;
using IdGenerator.Http.Observability;

namespace IdGenerator.Http.FastPath;

/// <summary>Accepts connections until it is told to stop, and then all that the kernel has connected already.</summary>
/// <param name="listening">A socket that listens; closed at the end.</param>
/// <param name="shared">What all listeners have in common.</param>
/// <param name="serve">Is given each connection, and returns at once.</param>
/// <param name="logger">For operators.</param>
internal sealed partial class Acceptor(Socket listening, ListenerServices shared, Action<Socket> serve, ILogger logger)
{
    /// <summary>
    /// The pause after a connection could not be accepted. There was no memory or no file descriptor for it, so another attempt at
    /// once would fail as well, and the loop would keep a processor busy.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>How often it is looked whether closed connections have given back their descriptors. Newcomers wait meanwhile, so it
    /// is the shortest time that timers know.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>How long a client takes that is about to be connected. Whoever begins meanwhile is kept waiting, so it is short.</summary>
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(10);

    /// <param name="stopping">When it has to stop.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // Those that make room for newcomers take a moment to end, and hold their descriptors until then.
                while (!shared.Clients.MayAccept) await Task.Delay(Moment, shared.Time, stopping);
                serve(await listening.AcceptAsync(stopping));
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // The connection was gone before it was accepted.
            }
            catch (Exception e)
            {
                LogNotAccepted(e.Message);
                shared.Refusals.Count(Refusal.NotAccepted);
                await Task.Delay(Pause, shared.Time, CancellationToken.None);
            }
        }

        using (listening) await AcceptRestAsync();
    }

    private async Task AcceptRestAsync()
    {
        try
        {
            ConnectionAttempts.Drop(listening);
            await Task.Delay(RoundTrip, shared.Time, CancellationToken.None);
        }
        catch (SocketException e)
        {
            LogNotDropped(e.Message);
        }

        try
        {
            listening.Blocking = false;
            while (listening.Poll(TimeSpan.Zero, SelectMode.SelectRead)) serve(listening.Accept());
        }
        catch (SocketException e)
        {
            LogNotAccepted(e.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "A connection could not be accepted: {Problem}")]
    private partial void LogNotAccepted(string problem);

    [LoggerMessage(3, LogLevel.Debug, "Who connects at the very end of a stop may be cut off: {Problem}")]
    private partial void LogNotDropped(string problem);
}
