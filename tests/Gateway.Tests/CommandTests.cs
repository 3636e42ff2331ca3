using System.Net;
using IdGenerator.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace IdGenerator.Gateway.Tests;

/// <summary>What container health checks and <c>helm test</c> run.</summary>
public sealed class CommandTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task Health_succeeds_where_the_service_is_ready()
    {
        await using var command = ServiceProcess.Run("Gateway", ["--health"], ("PORT", $"{gateway.Service.Port}"));

        Assert.Equal(0, await command.ExitAsync());
    }

    [Fact]
    public async Task Health_finds_a_service_that_only_IPv6_reaches()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.IPv6Loopback, 0));
        await using var service = builder.Build();
        service.MapGet("/health/ready", () => "ready");
        await service.StartAsync();
        await using var command = ServiceProcess.Run("Gateway", ["--health"], ("PORT", $"{new Uri(service.Urls.Single()).Port}"));

        Assert.Equal(0, await command.ExitAsync());
    }

    [Fact]
    public async Task Health_fails_where_nothing_listens()
    {
        await using var command = ServiceProcess.Run("Gateway", ["--health"], ("PORT", $"{FreePort.Next()}"));

        Assert.Equal(1, await command.ExitAsync());
        Assert.NotEmpty(command.Errors);
    }

    [Fact]
    public async Task Check_asks_for_ids_and_says_what_it_found()
    {
        await using var command = ServiceProcess.Run("Gateway", ["--check", $"http://127.0.0.1:{gateway.Service.Port}/"]);

        Assert.Equal(0, await command.ExitAsync());
        Assert.Contains("10001 IDs", command.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(">/dev/full")]
    [InlineData(">&-")]
    public async Task Check_fails_and_says_why_where_nobody_can_read_what_it_found(string output)
    {
        var command = ServiceProcess.RunUnder(
            ["sh", "-c", $"exec \"$@\" {output}", "sh"], "Gateway", ["--check", $"http://127.0.0.1:{gateway.Service.Port}"]);
        await using (command)
        {
            Assert.Equal(1, await command.ExitAsync());
            Assert.StartsWith("Standard output, where the finding goes, is closed or full: ", command.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task The_exit_code_says_what_is_wrong_where_standard_error_cannot(string errors)
    {
        await using var service = ServiceProcess.StartUnder(["sh", "-c", $"exec \"$@\" {errors}", "sh"], "Gateway", ("WORKER_ID", "none"));

        Assert.Equal(78, await service.ExitAsync());
    }

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("nonsense")]
    public async Task Check_fails_where_no_ids_come(string url)
    {
        await using var command = ServiceProcess.Run("Gateway", ["--check", url]);

        Assert.Equal(1, await command.ExitAsync());
        Assert.NotEmpty(command.Errors);
    }
}
