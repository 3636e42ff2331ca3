using System.Net;
using System.Net.Sockets;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>Where the service listens; and what it says, before it takes its worker ID, where it cannot.</summary>
public sealed class ListenTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("listen-").FullName;

    [Fact]
    public async Task Without_a_setting_it_listens_on_all_addresses_of_both_families()
    {
        await using var service = await Start().ReadyAsync();

        Assert.True(IsReachable("127.0.0.2", service.Port));
        if (Socket.OSSupportsIPv6) Assert.True(IsReachable("::1", service.Port));
    }

    [Fact]
    public async Task It_listens_on_the_addresses_of_the_setting_alone()
    {
        await using var service = await Start(("LISTEN_ADDRESS", "127.0.0.1, 127.0.0.3")).ReadyAsync();

        Assert.True(IsReachable("127.0.0.3", service.Port));
        Assert.False(IsReachable("127.0.0.2", service.Port));
    }

    [Fact]
    public async Task Health_asks_at_the_address_of_the_setting()
    {
        var port = $"{FreePort.Next()}";
        await using var service = Start(("LISTEN_ADDRESS", "127.0.0.3"), ("PORT", port));
        int exitCode;
        do
        {
            await using var health = ServiceProcess.Run(
                "Gateway", ["--health"], ("LISTEN_ADDRESS", "127.0.0.3"), ("PORT", port));
            exitCode = await health.ExitAsync();
        }
        while (exitCode != 0 && !service.HasExited);

        Assert.Equal(0, exitCode);
    }

    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1,")]
    public Task What_is_no_address_is_refused(string address) => IsRefusedAsync(
        $"""LISTEN_ADDRESS is "{address}"; allowed are IP addresses of this host, separated by commas.""",
        ("LISTEN_ADDRESS", address));

    // RFC 5737 keeps this address for documentation: no host has it.
    [Fact]
    public Task An_address_that_the_host_lacks_is_refused() => IsRefusedAsync(
        """LISTEN_ADDRESS is "192.0.2.1", which this host does not have; allowed is an address of this host.""",
        ("LISTEN_ADDRESS", "127.0.0.1,192.0.2.1"));

    [Theory]
    [InlineData("ASPNETCORE_URLS", "http://127.0.0.1:8080", "ASPNETCORE_URLS")]
    [InlineData("Kestrel__Endpoints__U__Url", "http://unix:/run/ids.sock", "Kestrel:Endpoints")]
    public Task Addresses_that_other_services_would_listen_on_are_refused(string variable, string value, string name) => IsRefusedAsync(
        $"{name} is set, but has no effect in this service; set LISTEN_ADDRESS and PORT instead.", (variable, value));

    [Fact]
    public async Task A_port_on_which_another_process_listens_is_refused()
    {
        using var other = Listener();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        await IsRefusedAsync($"PORT is {port}, which is in use by another process; allowed is a free port.", ("PORT", $"{port}"));
    }

    [PrivilegedPortFact]
    public async Task A_port_that_the_user_may_not_have_is_refused()
    {
        string[] withoutTheCapability = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"]
            : [];
        await using var service = ServiceProcess.StartUnder(
            withoutTheCapability, "Gateway", ("WORKER_ID", "5"), ("DATA_DIR", _directory), ("PORT", "80"));

        await EndsBeforeTheLeaseAsync(
            service,
            "PORT is 80, which this user may not listen on; allowed is a port from 1024 up, or any port to a process with the " +
            "capability CAP_NET_BIND_SERVICE.");
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private ServiceProcess Start(params (string, string)[] variables) =>
        ServiceProcess.Start("Gateway", [("WORKER_ID", "5"), ("DATA_DIR", _directory), .. variables]);

    private async Task IsRefusedAsync(string line, params (string, string)[] variables)
    {
        await using var service = Start(variables);
        await EndsBeforeTheLeaseAsync(service, line);
    }

    private async Task EndsBeforeTheLeaseAsync(ServiceProcess service, string line)
    {
        Assert.Equal(78, await service.ExitAsync());
        Assert.Equal(line, service.Errors);
        Assert.Empty(service.Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    private static Socket Listener()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, FreePort.Next()));
        socket.Listen();
        return socket;
    }

    private static bool IsReachable(string address, int port)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address), port);
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
