using System.Net;
using System.Net.Sockets;
using IdGenerator.Testing;

namespace IdGenerator.SiloCluster.Tests;

/// <summary>Silos of one machine, and the ports of Orleans.</summary>
public sealed class PortTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ports-").FullName;

    [Fact]
    public async Task A_second_silo_with_the_ports_of_the_first_is_refused_before_it_takes_its_worker_id()
    {
        var (silo, gateway) = (FreePort.Next(), FreePort.Next());
        await using var first = await Start(1, silo, gateway).ReadyAsync();
        await using var second = Start(2, silo, gateway);

        Assert.Equal(78, await second.ExitAsync());
        Assert.Equal(
            $"""
            SILO_PORT is {silo}, which is in use by another process; allowed is a free port.
            GATEWAY_PORT is {gateway}, which is in use by another process; allowed is a free port.
            """,
            second.Errors);
        Assert.False(Directory.Exists(Path.Combine(_directory, "2")));
    }

    [Fact]
    public async Task A_second_silo_with_ports_of_its_own_joins_the_first()
    {
        var primary = FreePort.Next();
        await using var first = await Start(1, primary, FreePort.Next()).ReadyAsync();
        await using var second = await Start(2, FreePort.Next(), FreePort.Next(), ("PRIMARY_SILO_PORT", $"{primary}")).ReadyAsync();

        Assert.NotEmpty(await second.Client.GetStringAsync(new Uri("/id", UriKind.Relative)));
    }

    [Theory]
    [InlineData("GATEWAY_PORT", "PORT")]
    [InlineData("GATEWAY_PORT", "SILO_PORT")]
    [InlineData("DASHBOARD_PORT", "SILO_PORT")]
    public async Task A_port_that_two_settings_name_is_refused(string setting, string other)
    {
        var port = $"{FreePort.Next()}";
        await using var silo = Start(1, FreePort.Next(), FreePort.Next(), (setting, port), (other, port));

        Assert.Equal(78, await silo.ExitAsync());
        Assert.Equal($"{setting} is {port}, and so is {other}; allowed is a port of its own.", silo.Errors);
    }

    [Theory]
    [InlineData("SILO_PORT", 1)]
    [InlineData("GATEWAY_PORT", 1)]
    [InlineData("DASHBOARD_PORT", 0)]
    public async Task What_the_platform_writes_for_a_service_of_that_name_is_named_for_what_it_is(string setting, int least)
    {
        await using var silo = Start(1, FreePort.Next(), FreePort.Next(), (setting, "tcp://10.96.12.7:80"));

        Assert.Equal(78, await silo.ExitAsync());
        Assert.Equal(
            $"{setting} is \"tcp://10.96.12.7:80\"; allowed is a whole number from {least} to 65535. Kubernetes or Docker has " +
            $"set {setting} for a service of that name: set it yourself, or turn service links off (enableServiceLinks: false).",
            silo.Errors);
    }

    [Fact]
    public async Task A_port_that_another_process_would_share_is_refused()
    {
        using var other = Sharing(FreePort.Next());
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        await using var silo = Start(1, port, FreePort.Next());

        Assert.Equal(78, await silo.ExitAsync());
        Assert.Equal($"SILO_PORT is {port}, which is in use by another process; allowed is a free port.", silo.Errors);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ServiceProcess Start(int worker, int silo, int gateway, params (string, string)[] variables) => ServiceProcess.Start("Silo",
    [
        ("WORKER_ID", $"{worker}"),
        ("DATA_DIR", Path.Combine(_directory, $"{worker}")),
        ("SILO_PORT", $"{silo}"),
        ("GATEWAY_PORT", $"{gateway}"),
        .. variables,
    ]);

    private static Socket Sharing(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        // In .NET this is SO_REUSEADDR and SO_REUSEPORT at once.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        socket.Listen();
        return socket;
    }
}
