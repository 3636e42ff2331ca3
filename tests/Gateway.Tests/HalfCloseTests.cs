using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>
/// A client that ends its side (FIN) is done asking and still listens: what had come in is answered, then the connection
/// ends (RFC 9112, section 9.6, last paragraph).
/// </summary>
public sealed class HalfCloseTests
{
    private static readonly string[] Routes =
    [
        "/id", "/ids/3", "/ids/100000", "/decode/5", "/health", "/health/live", "/health/ready", "/metrics", "/workers", "/openapi/v1.json",
    ];

    public static TheoryData<string, string> Modes => new()
    {
        { "Gateway__FastPath", "on" }, { "Gateway__FastPath", "off" },
        // Traces, to nobody: then all requests are Kestrel's.
        { "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:9" },
    };

    [Theory, MemberData(nameof(Modes))]
    public async Task Every_request_that_came_before_the_end_is_answered(string variable, string value)
    {
        await using var service = await ServiceProcess
            .Start("Gateway", ("WORKER_ID", "5"), ("LEASE_STORE", "memory"), (variable, value)).ReadyAsync();
        foreach (var route in Routes)
        {
            var request = $"GET {route} HTTP/1.1\r\nHost: ids\r\n\r\n";

            Assert.Equal(1, await AnswersAsync(service, request));
            Assert.Equal(3, await AnswersAsync(service, request + request + request));
        }

        Assert.Equal(Routes.Length, await AnswersAsync(
            service, string.Concat(Routes.Select(route => $"GET {route} HTTP/1.1\r\nHost: ids\r\n\r\n"))));
    }

    /// <returns>How many whole answers came before the server ended the connection.</returns>
    private static async Task<int> AnswersAsync(ServiceProcess service, string requests)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", service.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes(requests));
        socket.Shutdown(SocketShutdown.Send);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var text = new StringBuilder();
        var buffer = new byte[64 * 1_024];
        while (await socket.ReceiveAsync(buffer, patience.Token) is > 0 and var read) text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return text.ToString().Split("HTTP/1.1 200 OK\r\n").Length - 1;
    }
}
