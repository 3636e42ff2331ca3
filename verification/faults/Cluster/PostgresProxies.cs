using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Faults;

/// <summary>
/// The way to the database: a port for each place, where what a client sends, and what it is answered, can come to grief. A commit whose answer is
/// lost has happened, and the client does not know it.
/// </summary>
internal sealed class PostgresProxies(int serverPort, IEnumerable<Place> places, Func<ApiTrouble?> trouble, Invariants invariants) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, ApiTrouble> _troubles = new();
    private readonly List<TcpListener> _listeners = [];

    public void Start()
    {
        foreach (var place in places)
        {
            var listener = new TcpListener(IPAddress.Parse(Network.Host), place.ProxyPort);
            listener.Start();
            _listeners.Add(listener);
            _ = AcceptAsync(listener, place.ProxyPort);
        }
    }

    public ApiTrouble CutOff(Place place) => _troubles[place.ProxyPort] = new(Treatment.Cut, 1);

    public void Reconnect(Place place) => _troubles.TryRemove(place.ProxyPort, out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners) listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, int port)
    {
        try
        {
            while (true) _ = CarryAsync(await listener.AcceptTcpClientAsync(_stop.Token), port);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private async Task CarryAsync(TcpClient client, int port)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, serverPort, _stop.Token);
                using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                var writes = new PostgresWrites(invariants);
                var ways = new[]
                {
                    CarryAsync(client.GetStream(), server.GetStream(), port, writes.Asked, isRequest: true, ended.Token),
                    CarryAsync(server.GetStream(), client.GetStream(), port, writes.Answered, isRequest: false, ended.Token),
                };
                await Task.WhenAny(ways);
                await ended.CancelAsync();
                await Task.WhenAll(ways).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // As where there is no server.
            }

            // A reset, not a farewell.
            client.Client.LingerState = new(enable: true, seconds: 0);
        }
    }

    /// <summary>Until one side ends, or meets trouble that ends the connection.</summary>
    private async Task CarryAsync(
        NetworkStream from, NetworkStream to, int port, Action<byte[]> seen, bool isRequest, CancellationToken ended)
    {
        var buffer = new byte[1 << 16];
        while (true)
        {
            var count = await from.ReadAsync(buffer, ended);
            if (count == 0) return;
            seen(buffer[..count]);
            var met = _troubles.GetValueOrDefault(port) ?? trouble();
            // An error meets answers: what was asked for has happened. A cut meets either.
            if (met is not null && !(met.Treatment == Treatment.Error && isRequest) && met.Meets(isRequest ? "POST" : "GET"))
            {
                if (met.Treatment == Treatment.Delay) await Task.Delay(TimeSpan.FromSeconds(met.Amount * Random.Shared.NextDouble()), ended);
                else
                {
                    if (Random.Shared.Next(2) == 0) await Task.Delay(TimeSpan.FromSeconds(20), ended);
                    return;
                }
            }

            await to.WriteAsync(buffer.AsMemory(0, count), ended);
        }
    }
}
