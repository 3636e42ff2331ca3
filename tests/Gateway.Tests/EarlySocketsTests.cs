using System.Net;
using System.Net.Sockets;
using IdGenerator.Http.Configuration;
using IdGenerator.Http.Hosting;
using IdGenerator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace IdGenerator.Gateway.Tests;

/// <summary>The port of the HTTP API listens from the first moment: who connects before the server is made waits for it.</summary>
public sealed class EarlySocketsTests : IDisposable
{
    private readonly ListenPort _port = new("PORT", FreePort.Next(), [IPAddress.Loopback]);
    private readonly EarlySockets _early;

    public EarlySocketsTests() => _early = new(_port);

    [Fact]
    public async Task Who_connects_before_the_server_is_made_is_answered_by_it()
    {
        Assert.True(ListenCheck.Passes([_port], TextWriter.Null, _early));
        using var client = Connect();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: ids\r\nConnection: close\r\n\r\n"u8.ToArray());

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port.Port));
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _early.Take);
        await using var app = builder.Build();
        app.MapGet("/", () => "here");
        await app.StartAsync();

        using var reader = new StreamReader(new NetworkStream(client));
        Assert.EndsWith("here\r\n0\r\n\r\n", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_another_port_cannot_be_had_it_does_not_listen()
    {
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var taken = new ListenPort("SILO_PORT", ((IPEndPoint)other.LocalEndPoint!).Port, [IPAddress.Loopback]);

        Assert.False(ListenCheck.Passes([_port, taken], TextWriter.Null, _early));

        Assert.Throws<SocketException>(Connect);
    }

    [Fact]
    public void Other_ports_are_free_again_for_those_who_open_them()
    {
        var silo = new ListenPort("SILO_PORT", FreePort.Next(), [IPAddress.Loopback]);

        Assert.True(ListenCheck.Passes([_port, silo], TextWriter.Null, _early));

        Assert.True(ListenCheck.Passes([silo], TextWriter.Null));
        Assert.False(ListenCheck.Passes([_port], TextWriter.Null));
    }

    [Fact]
    public void What_no_server_has_taken_ends_with_it()
    {
        Assert.True(ListenCheck.Passes([_port], TextWriter.Null, _early));

        _early.Dispose();

        Assert.Throws<SocketException>(Connect);
        Assert.True(ListenCheck.Passes([_port], TextWriter.Null));
    }

    public void Dispose() => _early.Dispose();

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, _port.Port);
        return socket;
    }
}
