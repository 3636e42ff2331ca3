using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IdGenerator.Testing;

/// <summary>What clients see of a program that is told to stop, whichever program it is.</summary>
public static class StopScenarios
{
    /// <summary>Clients are busy when the signal comes.</summary>
    /// <returns>What they saw.</returns>
    public static async Task<KeptConnections> StopUnderLoadAsync(ServiceProcess service, int clients)
    {
        var busy = new KeptConnections(service.Port, clients, "/id", "/ids/10", "/ids/1000", "/health/live", "/id");
        await using (busy)
        {
            while (busy.Answered < 10 * clients) await Task.Delay(10);
            service.Terminate();
            await service.ExitAsync();
        }

        return busy;
    }

    /// <summary>A connection on which there was a request, or none, is idle at the signal, and asks half a second later.</summary>
    /// <returns>All that it got then, to the end of the connection.</returns>
    public static async Task<string> AskAfterTheSignalAsync(ServiceProcess service, string path, bool hasAsked)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: ids\r\n\r\n");
        using var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        await connection.ConnectAsync(IPAddress.Loopback, service.Port);
        var answer = new byte[64 * 1_024];
        if (hasAsked)
        {
            await connection.SendAsync(request);
            await KeptConnections.ReadAnswerAsync(connection, answer);
        }

        service.Terminate();
        await Task.Delay(500);
        await connection.SendAsync(request);
        var end = 0;
        for (int received; (received = await connection.ReceiveAsync(answer.AsMemory(end))) > 0;) end += received;
        return Encoding.ASCII.GetString(answer, 0, end);
    }
}
