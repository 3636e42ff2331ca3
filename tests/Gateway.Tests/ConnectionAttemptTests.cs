using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using IdGenerator.Http.Connections;

namespace IdGenerator.Gateway.Tests;

public sealed class ConnectionAttemptTests
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int DetachFilter = 27;

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Who_begins_to_connect_when_nobody_is_accepted_any_more_is_refused_and_not_reset(string address)
    {
        var listening = Listen(IPAddress.Parse(address));
        using var before = Create(listening);
        using var after = Create(listening);

        await before.ConnectAsync(listening.LocalEndPoint!);
        ConnectionAttempts.Drop(listening);
        var connecting = after.ConnectAsync(listening.LocalEndPoint!);
        using var accepted = await listening.AcceptAsync();
        listening.Dispose();

        Assert.Equal(before.LocalEndPoint, accepted.RemoteEndPoint);
        var refused = await Assert.ThrowsAsync<SocketException>(() => connecting);
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task Who_was_about_to_be_connected_is()
    {
        using var listening = Listen(IPAddress.Loopback);
        using var client = Create(listening);

        // It does not hear the answer to its attempt, which comes again a second later.
        BeDeaf(client);
        var connecting = client.ConnectAsync(listening.LocalEndPoint!);
        ConnectionAttempts.Drop(listening);
        client.SetRawSocketOption(SocketLevel, DetachFilter, new byte[4]);
        await connecting;
        await client.SendAsync("GET"u8.ToArray());
        using var accepted = await listening.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(3, await accepted.ReceiveAsync(new byte[8]));
    }

    /// <summary>One instruction of classic BPF: nothing is let through.</summary>
    private static unsafe void BeDeaf(Socket socket)
    {
        var nothing = 0x06UL;
        ReadOnlySpan<nint> program = [1, (nint)(&nothing)];
        socket.SetRawSocketOption(SocketLevel, AttachFilter, MemoryMarshal.AsBytes(program));
    }

    private static Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }

    private static Socket Create(Socket listening) => new(listening.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
}
