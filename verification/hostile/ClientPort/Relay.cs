using System.Net;
using System.Net.Sockets;

namespace IdGenerator.Hostile.ClientPort;

/// <summary>Passes on what one client and the silo say to each other, until it is told to leave the silo's answers unread.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _silo;
    private readonly List<Socket> _sockets = [];
    private readonly MemoryStream _first = new();
    private volatile bool _isDeaf;
    private long _sent;

    public Relay(IPEndPoint silo)
    {
        _silo = silo;
        // The silo takes calls for any loopback address as its own, but only with its own port.
        _listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), silo.Port));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public IPEndPoint Address => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Bytes of the client that the silo has taken.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>What the client said first: who it is (four bytes of length, and as many bytes).</summary>
    public byte[] Preamble
    {
        get
        {
            lock (_first) return _first.ToArray()[..(4 + BitConverter.ToInt32(_first.GetBuffer()))];
        }
    }

    public void StopReading() => _isDeaf = true;

    public void Dispose()
    {
        _listener.Dispose();
        lock (_sockets)
            foreach (var socket in _sockets) socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync();
                var silo = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4_096 };
                lock (_sockets) _sockets.AddRange(client, silo);
                await silo.ConnectAsync(_silo);
                _ = PassOnAsync(client, silo, isOfClient: true);
                _ = PassOnAsync(silo, client, isOfClient: false);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The assault is over.
        }
    }

    private async Task PassOnAsync(Socket from, Socket to, bool isOfClient)
    {
        try
        {
            var buffer = new byte[64 * 1_024];
            while (true)
            {
                if (!isOfClient && _isDeaf) await Task.Delay(Timeout.Infinite);
                var count = await from.ReceiveAsync(buffer);
                if (count == 0) return;
                if (isOfClient) Keep(buffer.AsSpan(0, count));
                for (ReadOnlyMemory<byte> rest = buffer.AsMemory(0, count); !rest.IsEmpty;) rest = rest[await to.SendAsync(rest)..];
                if (isOfClient) Interlocked.Add(ref _sent, count);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            to.Dispose();
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        lock (_first)
            if (_first.Length < 1_024) _first.Write(bytes);
    }
}
