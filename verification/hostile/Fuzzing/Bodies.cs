namespace IdGenerator.Hostile.Fuzzing;

/// <summary>
/// Bodies that nobody asked for, and that look like requests: a server that is wrong about where one ends answers them.
/// </summary>
internal static class Bodies
{
    private const string Smuggled = "GET /nope HTTP/1.1\r\nHost: ids\r\n\r\n";

    public static void Choose(Request request, Dice dice)
    {
        if (!dice.Chance(15) || request.Version == "HTTP/1.0") return;
        switch (dice.Number(1, 10))
        {
            case <= 4: Counted(request, dice); break;
            case <= 7: Chunked(request, dice); break;
            case 8: Large(request, dice); break;
            case 9: BadLength(request, dice); break;
            default: BadChunks(request, dice); break;
        }
    }

    private static string Content(Dice dice) =>
        dice.Pick("", "x", "hello", Smuggled, Smuggled + Smuggled, "0\r\n\r\n" + Smuggled, "\r\n", new string('\0', 100), new string('x', 5_000));

    private static void Counted(Request request, Dice dice)
    {
        var content = Content(dice);
        request.Headers.Add($"Content-Length: {dice.Pick("", "0", "000")}{content.Length}");
        if (dice.Chance(20)) request.Headers.Add("Expect: 100-continue");
        request.Body = content;
        // Nobody reads it, so the connection ends after the answer.
        if (content.Length > 0 && request.Persistence == Persistence.Keeps) request.Persistence = Persistence.Either;
        Refuse(request);
    }

    private static void Chunked(Request request, Dice dice)
    {
        request.Headers.Add(dice.Pick("Transfer-Encoding: chunked", "transfer-encoding:chunked", "Transfer-Encoding: Chunked"));
        var body = "";
        for (var left = dice.Number(0, 4); left > 0; left--)
        {
            var content = Content(dice);
            if (content.Length > 0) body += $"{dice.Pick("", "0", "00")}{content.Length:x}{dice.Pick("", "", ";a=b", ";a=\"b\"")}\r\n{content}\r\n";
        }

        // Nobody reads the body, so the connection may end where its length is not known.
        if (request.Persistence == Persistence.Keeps) request.Persistence = Persistence.Either;
        request.Body = body + dice.Pick("0", "00", "0;x") + "\r\n" + dice.Pick("", "", "X-Trailer: x\r\n") + "\r\n";
        if (dice.Chance(10))
        {
            // Both: the coding counts, or it is refused (RFC 9112, section 6.1).
            request.Headers.Add("Content-Length: 3");
            request.Doubt();
            request.Persistence = Persistence.Either;
        }

        Refuse(request);
    }

    /// <summary>More than is read of a body: the answer comes, and the connection may end.</summary>
    private static void Large(Request request, Dice dice)
    {
        var length = dice.Pick(20_000, 100_000, 1_000_000);
        request.Headers.Add($"Content-Length: {length}");
        request.Body = new string('x', length);
        request.Doubt();
        request.Persistence = Persistence.Either;
    }

    private static void BadLength(Request request, Dice dice)
    {
        if (dice.Chance(10))
        {
            // No number in RFC 9110, and 1 to some servers.
            request.Headers.Add("Content-Length: +1");
            request.Body = "x";
            request.Doubt();
            request.Persistence = Persistence.Either;
            return;
        }

        request.Headers.Add("Content-Length: " + dice.Pick("x", "-1", "1.5", "0x1", "1 2", "5, 6", "99999999999999999999", "1e1", "\"1\""));
        request.Body = "x";
        request.Spoil();
    }

    private static void BadChunks(Request request, Dice dice)
    {
        request.Headers.Add("Transfer-Encoding: " + dice.Pick("chunked", "gzip, chunked", "chunked, gzip", "gzip", "chunked, chunked", "identity", "x"));
        request.Body = dice.Pick("x\r\n", "-1\r\nx\r\n", "5\r\nhelloworld\r\n0\r\n\r\n", "ffffffffffffffffff\r\n", "5hello\r\n", "\r\n", "3\nabc\n0\n\n", "1\r\nx0\r\n\r\n");
        // What is wrong may lie behind what has to be read for an answer.
        request.Doubt();
        request.Persistence = Persistence.Closes;
    }

    // Nobody has to take a body with an upgrade.
    private static void Refuse(Request request)
    {
        if (request.Headers.Any(header => header.StartsWith("Upgrade", StringComparison.Ordinal))) request.Doubt();
        if (request.Headers.Any(header => header.StartsWith("Expect", StringComparison.Ordinal))) request.Persistence = request.Persistence == Persistence.Keeps ? Persistence.Either : request.Persistence;
    }
}
