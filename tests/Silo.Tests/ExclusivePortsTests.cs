using System.Net;
using System.Net.Sockets;
using IdGenerator.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

namespace IdGenerator.Silo.Tests;

/// <summary>
/// Two silos that start at once both find their ports free when they check them. The one that comes second to listen fails.
/// </summary>
public sealed class ExclusivePortsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_silo_shares_its_ports_with_nobody(bool isSiloPort)
    {
        using var other = new Socket(SocketType.Stream, ProtocolType.Tcp);
        // In .NET this is SO_REUSEADDR and SO_REUSEPORT at once.
        other.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        other.Bind(new IPEndPoint(IPAddress.Loopback, FreePort.Next()));
        other.Listen();
        var taken = ((IPEndPoint)other.LocalEndPoint!).Port;
        var (silo, gateway) = isSiloPort ? (taken, FreePort.Next()) : (FreePort.Next(), taken);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.UseOrleans(orleans =>
        {
            orleans.UseLocalhostClustering(silo, gateway);
            orleans.UseExclusivePorts();
        });
        using var host = builder.Build();

        var error = await Record.ExceptionAsync(() => host.StartAsync());

        Assert.IsType<AddressInUseException>(error);
    }
}
