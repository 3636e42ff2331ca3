namespace IdGenerator.Hostile.Fuzzing;

/// <summary>The other headers, good and bad.</summary>
internal static class HeaderLines
{
    private const string Visible = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&'()*+,-./:;<=>?@[]^_`{|}~\"\\";
    private const string Token = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";

    public static void Choose(Request request, Dice dice)
    {
        if (dice.Chance(40))
        {
            for (var left = dice.Pick(1, 3, 60); left > 0; left--) request.Headers.Add(Harmless(dice));
        }

        if (dice.Chance(10)) Connection(request, dice);
        if (dice.Chance(5)) Doubtful(request, dice);
        if (dice.Chance(6)) Bad(request, dice);
        if (dice.Chance(30)) Shuffle(request.Headers, dice);
    }

    private static string Harmless(Dice dice) => dice.Chance(50)
        ? $"X-{dice.Text(Token, 1, 20)}:{dice.Pick("", " ", "\t", "  ")}{dice.Text(Visible, 0, 60)}"
        : dice.Pick(
            "User-Agent: hostile", "Accept-Language: de, en;q=0.5", "Accept-Encoding: identity", "Cookie: a=b; c=d", "Cookie:",
            "If-None-Match: *", "If-Modified-Since: yesterday", "Range: bytes=0-3", "Cache-Control: no-cache", "Authorization: Basic eDp5",
            "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: evil", "X-Original-URL: /ids/9", "X-HTTP-Method-Override: POST", "TE: trailers",
            "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "traceparent: nonsense", "baggage: " + new string('b', 500),
            "Origin: null", "Content-Type: text/html", "Max-Forwards: 0", "Via: 1.1 x", "Pragma: no-cache", "Referer: /", "Date: never");

    private static void Connection(Request request, Dice dice)
    {
        var value = dice.Pick("close", "Close", "keep-alive", "Upgrade, HTTP2-Settings", "keep-alive, close", "X-Thing", "");
        request.Headers.Add($"Connection: {value}");
        request.Persistence = value switch
        {
            "close" or "Close" => Persistence.Closes,
            "" or "X-Thing" => request.Persistence,
            "keep-alive" => request.Persistence == Persistence.Closes ? Persistence.Either : request.Persistence,
            _ => Persistence.Either,
        };
        if (!value.StartsWith("Upgrade", StringComparison.Ordinal)) return;
        request.Headers.Add(dice.Pick("Upgrade: h2c", "Upgrade: websocket", "Upgrade: nonsense"));
        request.Headers.Add("HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA");
    }

    private static void Doubtful(Request request, Dice dice)
    {
        request.Doubt();
        request.Persistence = Persistence.Either;
        switch (dice.Number(1, 6))
        {
            case 1: request.LineEnd = "\n"; break;
            case 2: Host(request, dice.Pick("Host:", "Host: ids:", "Host: ids, ids", "Host: [::1]:80", "Host: %69ds", "Host: ids/id", "Host: a b", "Host: \xe9")); break;
            case 3: request.Headers.Add("X-Latin: \xe9\xff\x80"); break;
            case 4: request.Headers.Add(dice.Pick("Expect: nonsense", "Connection: \"", "Content-Encoding: gzip", "Keep-Alive: timeout=x", "(Odd): x", "\xd6dd: x")); break;
            case 5: for (var left = 200; left > 0; left--) request.Headers.Add($"X-{left}: x"); break;
            default: request.Headers.Add("Cookie: " + new string('c', 12_000)); break;
        }
    }

    private static void Bad(Request request, Dice dice)
    {
        request.Spoil();
        // A message without a Host is none in 1.1, and one in 1.0.
        if (request.Version == "HTTP/1.0") request.Version = "HTTP/1.1";
        Host(request, "Host: ids");
        switch (dice.Number(1, 5))
        {
            case 1: Host(request, null); break;
            case 2: request.Headers.Add(dice.Pick("Host: ids", "Host: other", "host: ids")); break;
            case 3: request.Headers.Insert(dice.Number(0, request.Headers.Count), dice.Pick(" folded: x", "\tfolded", "Bad Header: x", "Bad\0: x", "Bad: \0", "No colon", ": x", ":", "Bad : x")); break;
            case 4: for (var left = 60; left > 0; left--) request.Headers.Add($"X-{left}: {new string('x', 1_000)}"); break;
            default: request.Headers.Add("X-Long: " + new string('x', 100_000)); break;
        }
    }

    private static void Host(Request request, string? line)
    {
        request.Headers.RemoveAll(header => header.StartsWith("Host:", StringComparison.Ordinal));
        if (line is not null) request.Headers.Add(line);
    }

    private static void Shuffle(List<string> headers, Dice dice)
    {
        // A folded line belongs to the one before; which that is does not matter, but that there is one does.
        for (var index = headers.Count - 1; index > 0; index--)
        {
            var other = dice.Number(0, index);
            if (headers[index].StartsWith("Accept:", StringComparison.Ordinal) || headers[other].StartsWith("Accept:", StringComparison.Ordinal)) continue;
            (headers[index], headers[other]) = (headers[other], headers[index]);
        }
    }
}
