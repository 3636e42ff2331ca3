using System.Net;
using System.Net.Sockets;
using System.Text;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

public sealed class StopTests
{
    [Theory]
    [InlineData(8, "0")]
    [InlineData(256, "0")]
    [InlineData(8, "2")]
    [InlineData(256, "2")]
    public async Task A_stop_cuts_nobody_who_is_busy(int clients, string drain)
    {
        await using var service = await Start(("Gateway__DrainSeconds", drain)).ReadyAsync();

        var busy = await StopScenarios.StopUnderLoadAsync(service, clients);

        Assert.Equal(0, busy.Cut);
        Assert.InRange(busy.Last, clients, int.MaxValue);
    }

    [Theory]
    [InlineData("/id", true)]
    [InlineData("/id", false)]
    [InlineData("/ids/1000", true)]
    [InlineData("/health/live", false)]
    public async Task Who_is_idle_at_a_stop_may_ask_once_more(string path, bool hasAsked)
    {
        await using var service = await Start().ReadyAsync();

        var answer = await StopScenarios.AskAfterTheSignalAsync(service, path, hasAsked);

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/id", "\r\n", 0)]
    [InlineData("/health/live", "\r\n", 0)]
    [InlineData("/id", "\n", 0)]
    [InlineData("/ids/150", "\r\n", 2)]
    public async Task What_was_sent_in_one_go_is_answered_whole_at_a_stop(string path, string line, int secondsUntilItReads)
    {
        const int requests = 100;
        await using var service = await Start().ReadyAsync();
        using var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2_048 };
        await connection.ConnectAsync(IPAddress.Loopback, service.Port);

        service.Pause();
        await connection.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"GET {path} HTTP/1.1{line}Host: ids{line}{line}", requests))));
        service.Terminate();
        service.Resume();
        await Task.Delay(TimeSpan.FromSeconds(secondsUntilItReads));
        var answers = new StringBuilder();
        var buffer = new byte[16 * 1_024];
        for (int received; (received = await connection.ReceiveAsync(buffer)) > 0;) answers.Append(Encoding.ASCII.GetString(buffer, 0, received));

        Assert.Equal(requests, answers.ToString().Split("HTTP/1.1 200 ").Length - 1);
        // None, where all of it was answered in the moment before the process had seen the signal.
        Assert.InRange(answers.ToString().Split("\r\nConnection: close\r\n").Length - 1, 0, 1);
    }

    private static ServiceProcess Start(params (string, string)[] variables) =>
        ServiceProcess.Start("Gateway", [("WORKER_ID", "5"), ("LEASE_STORE", "memory"), .. variables]);
}
