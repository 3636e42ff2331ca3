using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace IdGenerator.Testing;

/// <summary>
/// Requests of all kinds, sent in one go on one connection, in two packets: wherever the first one ends, the answers are the same.
/// </summary>
public static partial class SplitScenario
{
    private const string Get = " HTTP/1.1\r\nHost: ids\r\n";

    /// <summary>So many of them, the first, are for the fast path; what follows the first that is not, Kestrel answers.</summary>
    private const int Fast = 5;

    private static readonly (string Request, string Answer)[] Requests =
    [
        ($"GET /id{Get}\r\n", "200 application/json {\"id\":\"#\"}"),
        ($"GET /ids/3{Get}Accept: text/plain\r\n\r\n", "200 text/plain #\n#\n#\n"),
        ($"GET /ids/2{Get}accept: APPLICATION/json\r\n\r\n", "200 application/json {\"ids\":[\"#\",\"#\"]}"),
        ($"GET /ids/1{Get}Accept: application/x-ndjson\r\n\r\n", "200 application/x-ndjson \"#\"\n"),
        ($"GET /id{Get}User-Agent: split\r\n\r\n", "200 application/json {\"id\":\"#\"}"),
        ($"GET /ids/0{Get}\r\n", "400 "),
        ($"HEAD /ids/5{Get}\r\n", "200 application/json "),
        ($"GET /ids/2{Get}Accept: text/*;q=0.5\r\n\r\n", "200 text/plain #\n#\n"),
        ($"GET /id{Get}Connection: close\r\n\r\n", "200 application/json {\"id\":\"#\"}"),
    ];

    /// <returns>What was wrong with the answers, by where the first packet ended; nothing where all were right.</returns>
    public static async Task<IReadOnlyList<string>> RunAsync(int port) =>
        [.. await RunAsync(port, Requests), .. await RunAsync(port, [.. Requests[..Fast], Requests[^1]])];

    private static async Task<IReadOnlyList<string>> RunAsync(int port, (string Request, string Answer)[] all)
    {
        var requests = string.Concat(all.Select(pair => pair.Request));
        var wrong = new List<string>();
        await Parallel.ForAsync(1, requests.Length + 1, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (end, cancellation) =>
        {
            var answers = Read(await AskAsync(port, requests[..end], requests[end..], cancellation));
            var expected = all.Select(pair => pair.Answer).ToList();
            var isRight = answers.Count == expected.Count && answers.Zip(expected).All(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal));
            if (!isRight) lock (wrong) wrong.Add($"{end}: {string.Join(" | ", answers)}");
        });
        return wrong;
    }

    private static async Task<string> AskAsync(int port, string first, string second, CancellationToken cancellation)
    {
        using var connection = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await connection.ConnectAsync(IPAddress.Loopback, port, cancellation);
        await connection.SendAsync(Encoding.ASCII.GetBytes(first), cancellation);
        // Time enough for the first one to be read by itself.
        if (second.Length > 0) await Task.Delay(10, cancellation);
        if (second.Length > 0) await connection.SendAsync(Encoding.ASCII.GetBytes(second), cancellation);
        var text = new StringBuilder();
        var buffer = new byte[16 * 1_024];
        for (int received; (received = await connection.ReceiveAsync(buffer, cancellation)) > 0;)
            text.Append(Encoding.ASCII.GetString(buffer, 0, received));
        return text.ToString();
    }

    /// <returns>Of each answer the status, the media type of a good one, and the body, with # for IDs.</returns>
    private static List<string> Read(string stream)
    {
        var answers = new List<string>();
        while (stream.Length > 0)
        {
            var end = stream.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            var (head, rest) = (stream[..end], stream[end..]);
            var isHead = answers.Count == Array.FindIndex(Requests, pair => pair.Request.StartsWith("HEAD", StringComparison.Ordinal));
            var body = isHead ? "" : head.Contains("chunked", StringComparison.Ordinal) ? TakeChunks(ref rest) : Take(ref rest, Length().Match(head).Groups[1].Value, 10);
            var status = head.Split(' ')[1];
            answers.Add(status == "200" ? $"{status} {Type().Match(head).Groups[1].Value} {Id().Replace(body, "#")}" : $"{status} ");
            stream = rest;
        }

        return answers;
    }

    private static string TakeChunks(ref string rest)
    {
        var body = new StringBuilder();
        while (true)
        {
            var line = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var digits = rest[..line];
            rest = rest[(line + 2)..];
            body.Append(Take(ref rest, digits, 16));
            rest = rest[2..];
            if (digits == "0") return body.ToString();
        }
    }

    private static string Take(ref string rest, string digits, int numberBase)
    {
        var length = int.Parse(digits, numberBase == 16 ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture);
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    [GeneratedRegex("Content-Length: ([0-9]+)")]
    private static partial Regex Length();

    [GeneratedRegex("Content-Type: ([^;\r]+)")]
    private static partial Regex Type();

    [GeneratedRegex("[0-9]{15,19}")]
    private static partial Regex Id();
}
