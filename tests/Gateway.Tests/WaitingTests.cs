using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace IdGenerator.Gateway.Tests;

/// <summary>Small batches beside a bulk, which takes all that a millisecond has: who comes to the fast path then waits for the next one.</summary>
public sealed partial class WaitingTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const int Connections = 32;
    private const int Requests = 50;

    [Fact]
    public async Task Who_waits_on_the_fast_path_is_answered_whole_and_in_order()
    {
        using var bulk = await gateway.Service.Client.GetAsync(new Uri("/ids/4096000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        var bulkEnds = bulk.Content.CopyToAsync(Stream.Null);

        var answers = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(AskAsync)));

        // What Kestrel answers begins with another header.
        Assert.All(answers, answer => Assert.Equal(Requests, answer.Split("HTTP/1.1 200 OK\r\nContent-Type: ").Length - 1));
        var ids = answers.Select(answer => Ids().Matches(answer).Select(match => long.Parse(match.Groups[1].Value)).ToList()).ToList();
        Assert.All(ids, some => Assert.Equal(Requests * 150, some.Count));
        Assert.All(ids, some => Assert.All(some.Zip(some.Skip(1)), pair => Assert.True(pair.First < pair.Second)));
        Assert.Equal(Connections * Requests * 150, ids.SelectMany(some => some).Distinct().Count());
        await bulkEnds;
    }

    private async Task<string> AskAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var connection = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await connection.ConnectAsync("127.0.0.1", gateway.Service.Port, patience.Token);
        await connection.SendAsync(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /ids/150 HTTP/1.1\r\nHost: ids\r\n\r\n", Requests))), patience.Token);
        connection.Shutdown(SocketShutdown.Send);
        var answer = new StringBuilder();
        var buffer = new byte[65_536];
        while (await connection.ReceiveAsync(buffer, patience.Token) is > 0 and var read) answer.Append(Encoding.ASCII.GetString(buffer, 0, read));
        return answer.ToString();
    }

    [GeneratedRegex("\"([0-9]{15,19})\"")]
    private static partial Regex Ids();
}
