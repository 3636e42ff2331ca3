using System.IO.Pipelines;
using IdGenerator.Gateway.Observability;
using IdGenerator.Snowflake;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace IdGenerator.Gateway.FastPath;

/// <summary>
/// A connection as long as all that it brings is <c>GET /id</c>. At the first request that is anything else, the connection
/// is Kestrel's for good, that request included.
/// </summary>
internal sealed class FastConnection(
    ConnectionContext connection, IIdSource source, FastResponse response, RequestSeries answered, TimeProvider time)
{
    /// <summary>Heartbeats, a second each, without a request: Kestrel's own keep-alive timeout.</summary>
    private const int MostIdle = 130;

    /// <summary>Heartbeats in which a client does not read its answers.</summary>
    private const int MostBlocked = 10;

    private readonly PipeReader _input = connection.Transport.Input;
    private readonly PipeWriter _output = connection.Transport.Output;
    private byte[] _lastRequest = [];
    private State _state;
    private int _heartbeats;

    private enum State
    {
        Waiting,
        Writing,
        HandedOver,
    }

    public async Task RunAsync(ConnectionDelegate next)
    {
        connection.Features.Get<IConnectionHeartbeatFeature>()?
            .OnHeartbeat(static connection => ((FastConnection)connection).OnHeartbeat(), this);
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
        await using var registration = closing.UnsafeRegister(
            static input => ((PipeReader)input!).CancelPendingRead(), _input);

        while (true)
        {
            Enter(State.Waiting);
            var read = await _input.ReadAsync();
            var start = time.GetTimestamp();
            var buffer = read.Buffer;
            if (buffer.IsEmpty && (read.IsCompleted || read.IsCanceled)) return;

            var isOurs = !closing.IsCancellationRequested;
            while (isOurs && !buffer.IsEmpty)
            {
                var length = Measure(buffer.FirstSpan);
                var reservation = length == 0 ? default : await source.ReserveAsync(1, SlotGenerator.Now, connection.ConnectionClosed);
                isOurs = reservation.Ids.Count > 0;
                if (!isOurs) break;
                response.Write(_output, reservation.Ids[0]);
                answered.Record(time.GetElapsedTime(start));
                buffer = buffer.Slice(length);
            }

            // What is not consumed is not examined either: whoever reads next gets it at once.
            _input.AdvanceTo(buffer.Start);
            Enter(State.Writing);
            var flushed = await _output.FlushAsync();
            if (flushed.IsCompleted) return;
            if (!isOurs) break;
        }

        Enter(State.HandedOver);
        await next(connection);
    }

    /// <summary>
    /// Clients send the same bytes again and again: what was found flawless once need only be compared.
    /// </summary>
    private int Measure(ReadOnlySpan<byte> data)
    {
        if (_lastRequest.Length > 0 && data.StartsWith(_lastRequest)) return _lastRequest.Length;
        var length = FastRequest.Measure(data);
        if (length > 0) _lastRequest = data[..length].ToArray();
        return length;
    }

    private void Enter(State state)
    {
        _heartbeats = 0;
        _state = state;
    }

    private void OnHeartbeat()
    {
        var most = _state switch { State.Waiting => MostIdle, State.Writing => MostBlocked, _ => int.MaxValue };
        if (_state == State.HandedOver || ++_heartbeats <= most) return;
        connection.Abort(new("Timed out: no request, or answers not read."));
    }
}
