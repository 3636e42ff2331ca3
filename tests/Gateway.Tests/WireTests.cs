using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using IdGenerator.Testing;

namespace IdGenerator.Gateway.Tests;

/// <summary>What no well-behaved client sends, over a bare socket.</summary>
public sealed partial class WireTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string Get = "GET /id HTTP/1.1\r\nHost: ids\r\n\r\n";

    [Theory]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id HTTP/1.1\r\nHost: ids\r\nHost: ids\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id HTTP/1.1\r\nHost: ids\r\nBad Header: x\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id HTTP/1.1\r\nHost: ids\r\n folded: x\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id HTTP/1.1\r\nHost: ids\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /id HTTP/3.9\r\nHost: ids\r\n\r\n", "HTTP/1.1 505 ")]
    public async Task A_malformed_request_is_refused_and_the_connection_closed(string request, string answer)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(request));

        Assert.StartsWith(answer, await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_url_of_100_kB_is_refused()
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /{new string('x', 100_000)} HTTP/1.1\r\nHost: ids\r\n\r\n"));

        Assert.StartsWith("HTTP/1.1 414 ", await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_sent_in_one_go_are_answered_in_order()
    {
        using var connection = await ConnectAsync();
        var requests = string.Concat(Enumerable.Repeat(Get, 20)) + "GET /health/live HTTP/1.1\r\nHost: ids\r\n\r\n"
            + Get.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal);
        await connection.SendAsync(Encoding.ASCII.GetBytes(requests));

        var answer = await ReadToEndAsync(connection);

        Assert.Equal(22, answer.Split("HTTP/1.1 200 OK\r\n").Length - 1);
        var ids = answer.Split("{\"id\":\"")[1..].Select(part => long.Parse(part.Split('"')[0])).ToList();
        Assert.Equal(21, ids.Count);
        Assert.All(ids.Zip(ids.Skip(1)), pair => Assert.True(pair.First < pair.Second));
        Assert.InRange(
            answer.IndexOf("healthy", StringComparison.Ordinal), answer.IndexOf($"{ids[19]}", StringComparison.Ordinal),
            answer.IndexOf($"{ids[20]}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Wherever_requests_are_cut_into_packets_the_answers_are_the_same() =>
        Assert.Empty(await SplitScenario.RunAsync(gateway.Service.Port));

    [Fact]
    public async Task Small_batches_sent_in_one_go_are_answered_in_order_each_in_its_format()
    {
        using var connection = await ConnectAsync();
        string[] formats = ["application/json", "text/plain", "application/x-ndjson"];
        var requests = Enumerable.Range(1, 12).Select(number =>
            $"GET /ids/{number} HTTP/1.1\r\nHost: ids\r\nAccept: {formats[number % 3]}\r\n\r\n");
        await connection.SendAsync(Encoding.ASCII.GetBytes(string.Concat(requests) + Get.Replace(
            "\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)));

        var answers = (await ReadToEndAsync(connection)).Split("HTTP/1.1 200 OK\r\n")[1..];

        Assert.Equal(13, answers.Length);
        Assert.All(answers[..12].Index(), answer => Assert.Contains(formats[(answer.Index + 1) % 3], answer.Item, StringComparison.Ordinal));
        var ids = answers.Select(answer => Digits().Matches(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..])
            .Select(match => long.Parse(match.Value)).ToList()).ToList();
        Assert.Equal([.. Enumerable.Range(1, 12), 1], ids.Select(some => some.Count));
        Assert.All(ids.SelectMany(some => some).Zip(ids.SelectMany(some => some).Skip(1)), pair => Assert.True(pair.First < pair.Second));
    }

    [Theory]
    [InlineData("/ids/10", "", true)]
    [InlineData("/ids/150", "", true)]
    [InlineData("/ids/10", "Accept: */*\r\n", true)]
    [InlineData("/ids/10", "Accept: TEXT/plain\r\n", true)]
    [InlineData("/ids/151", "", false)]
    [InlineData("/ids/010", "", false)]
    [InlineData("/ids/10?", "", false)]
    [InlineData("/ids/10", "Accept: text/plain;q=0.5\r\n", false)]
    [InlineData("/ids/10", "Accept: text/plain\r\nAccept: application/json\r\n", false)]
    [InlineData("/id", "Accept: application/json, text/plain, */*\r\n", true)]
    [InlineData("/id", "Accept: application/json\r\n", true)]
    [InlineData("/id", "Accept: text/plain\r\n", false)]
    [InlineData("/id", "Accept: text/plain, application/json\r\n", false)]
    [InlineData("/id", "Accept: */*, text/plain\r\n", false)]
    [InlineData("/id", "Accept: application/json;q=0.1, text/plain\r\n", false)]
    public async Task What_is_asked_for_plainly_is_answered_before_Kestrel(string target, string headers, bool isFast)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: ids\r\n{headers}\r\n"));
        connection.Shutdown(SocketShutdown.Send);

        var answer = await ReadToEndAsync(connection);

        // The fast path begins with the media type, Kestrel with what frames the body.
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(isFast, answer.StartsWith("HTTP/1.1 200 OK\r\nContent-Type: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_comes_byte_by_byte_is_answered()
    {
        using var connection = await ConnectAsync();
        connection.NoDelay = true;
        foreach (var octet in Encoding.ASCII.GetBytes(Get)) await connection.SendAsync(new[] { octet });

        var buffer = new byte[1_000];
        var read = await connection.ReceiveAsync(buffer);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", Encoding.ASCII.GetString(buffer, 0, read), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.0", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\n", false)]
    public async Task The_connection_is_kept_or_closed_as_the_client_asks(string version, string header, bool closes)
    {
        using var connection = await ConnectAsync();
        var request = Encoding.ASCII.GetBytes($"GET /id {version}\r\nHost: ids\r\n{header}\r\n");
        await connection.SendAsync(request);
        if (closes)
        {
            Assert.Contains("{\"id\":", await ReadToEndAsync(connection), StringComparison.Ordinal);
            return;
        }

        var buffer = new byte[1_000];
        Assert.True(await connection.ReceiveAsync(buffer) > 0);
        await connection.SendAsync(request);
        Assert.True(await connection.ReceiveAsync(buffer) > 0);
    }

    [Theory]
    [InlineData("/id", "Connection: close\r\n")]
    [InlineData("/id", "connection: CLOSE\r\n")]
    [InlineData("/id", "Connection: keep-alive\r\nConnection: close\r\n")]
    [InlineData("/id", "Connection: close\r\nConnection: keep-alive\r\n")]
    [InlineData("/id", "Connection: keep-alive, close\r\n")]
    [InlineData("/ids/10", "Connection: close\r\n")]
    [InlineData("/ids/151", "Connection: close\r\n")]
    public async Task Behind_a_request_after_which_the_connection_ends_nothing_is_answered(string path, string header)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"{Get}GET {path} HTTP/1.1\r\nHost: ids\r\n{header}\r\n{Get}{Get}"));

        var answers = (await ReadToEndAsync(connection)).Split("HTTP/1.1 ")[1..];

        Assert.Equal(2, answers.Length);
        Assert.All(answers, answer => Assert.StartsWith("200 OK\r\n", answer, StringComparison.Ordinal));
        Assert.DoesNotContain("\r\nConnection: close\r\n", answers[0], StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answers[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_has_nothing_more_to_say_is_answered()
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(Get));
        connection.Shutdown(SocketShutdown.Send);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.0")]
    [InlineData("HTTP/1.1")]
    public async Task A_batch_that_takes_more_than_one_millisecond_is_whole(string version)
    {
        // 3,072 of them at most are of the millisecond in which the request comes.
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /ids/4096 {version}\r\nHost: ids\r\nConnection: close\r\n\r\n"));

        var answer = await ReadToEndAsync(connection);

        Assert.Contains("\"]}", answer, StringComparison.Ordinal);
        Assert.Equal(4_096, answer.Split("\"3").Length - 1);
    }

    [Fact]
    public async Task A_request_with_a_body_is_answered_and_ends_its_connection()
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(
            $"{Get}GET /id HTTP/1.1\r\nHost: ids\r\nContent-Length: 5\r\n\r\nhello{Get}"));

        var answers = await ReadToEndAsync(connection);

        Assert.Equal(2, answers.Split("{\"id\":").Length - 1);
        Assert.Contains("\r\nConnection: close\r\n", answers, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /id HTTP/1.1\nHost: ids\nConnection: close\n\n", "HTTP/1.1 200 OK")]
    [InlineData("GET /id HTTP/1.1\r\nHost: ids\nConnection: close\n\r\n", "HTTP/1.1 200 OK")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request")]
    [InlineData("nonsense\n", "HTTP/1.1 400 Bad Request")]
    public async Task What_follows_a_request_of_the_fast_path_in_the_same_block_is_answered_as_it_would_be_alone(string next, string answer)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes(Get + next));

        var answers = await ReadToEndAsync(connection);

        Assert.StartsWith("HTTP/1.1 200 OK", answers, StringComparison.Ordinal);
        Assert.Contains(answer, answers[15..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 100000\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n10000\r\n")]
    public async Task A_long_request_body_ends_the_connection_and_the_answer_says_so_and_arrives(string header)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /id HTTP/1.1\r\nHost: ids\r\n{header}{new string('x', 60_000)}"));

        var answer = await ReadToEndAsync(connection);

        Assert.Contains("{\"id\":", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ids:80", "HTTP/1.1 200 ")]
    [InlineData("ids:", "HTTP/1.1 400 ")]
    [InlineData(":80", "HTTP/1.1 400 ")]
    [InlineData("ids:http", "HTTP/1.1 400 ")]
    [InlineData("ids:80:80", "HTTP/1.1 400 ")]
    public async Task A_host_is_a_name_and_a_port_or_none(string host, string answer)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /id HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        connection.Shutdown(SocketShutdown.Send);

        Assert.StartsWith(answer, await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/id")]
    [InlineData("/ids/3")]
    [InlineData("/ids/300")]
    public async Task A_target_that_names_a_host_is_about_that_host(string path)
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET http://named:8080{path} HTTP/1.1\r\nHost: other\r\n\r\n"));
        connection.Shutdown(SocketShutdown.Send);

        Assert.StartsWith("HTTP/1.1 200 ", await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_of_the_server_as_a_whole_are_answered()
    {
        using var connection = await ConnectAsync();
        await connection.SendAsync("OPTIONS * HTTP/1.1\r\nHost: ids\r\n\r\n"u8.ToArray());
        connection.Shutdown(SocketShutdown.Send);

        var answer = await ReadToEndAsync(connection);
        Assert.StartsWith("HTTP/1.1 204 ", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nAllow: GET, HEAD\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "HTTP/1.1 200 ")]
    [InlineData(101, "HTTP/1.1 431 ")]
    public async Task A_request_may_have_100_headers(int count, string answer)
    {
        using var connection = await ConnectAsync();
        var headers = string.Concat(Enumerable.Repeat("a:\r\n", count - 1));
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET /id HTTP/1.1\r\nHost: ids\r\n{headers}\r\n"));
        connection.Shutdown(SocketShutdown.Send);

        Assert.StartsWith(answer, await ReadToEndAsync(connection), StringComparison.Ordinal);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        await socket.ConnectAsync("127.0.0.1", gateway.Service.Port);
        return socket;
    }

    private static async Task<string> ReadToEndAsync(Socket connection)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var text = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            while (await connection.ReceiveAsync(buffer, patience.Token) is > 0 and var read)
                text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        catch (SocketException)
        {
            // Reset: the server closed with requests unread.
        }

        return text.ToString();
    }

    [GeneratedRegex("[0-9]{15,19}")]
    private static partial Regex Digits();
}
