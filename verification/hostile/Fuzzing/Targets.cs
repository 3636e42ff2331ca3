namespace IdGenerator.Hostile.Fuzzing;

/// <summary>Where requests go: the routes, what looks like them, and what is no path at all.</summary>
internal static class Targets
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    private const string PathLetters = Letters + "!$&'()*+,;=:@/";

    public static void Choose(Request request, Dice dice)
    {
        var roll = dice.Number(1, 100);
        request.Target = roll switch
        {
            <= 35 => "/id",
            <= 60 => $"/ids/{Count(dice)}",
            <= 68 => $"/decode/{Id(dice)}",
            <= 76 => dice.Pick("/health", "/health/live", "/health/ready", "/metrics", "/workers", "/openapi/v1.json"),
            <= 86 => NearMiss(dice),
            <= 90 => Encoded(dice.Pick("/id", "/ids/5", "/health/live", "/decode/77"), dice),
            <= 94 => "/" + dice.Text(PathLetters, 0, dice.Pick(5, 50, 4_000)),
            <= 97 => Absolute(request, dice),
            _ => NoPath(request, dice),
        };

        if (dice.Chance(8) && request.Standing == Standing.Sound)
            request.Target += "?" + dice.Text(PathLetters + "?%", 0, dice.Pick(10, 1_000));
    }

    private static string Count(Dice dice) => dice.Number(1, 20) switch
    {
        <= 8 => $"{dice.Number(1, 40)}",
        9 => dice.Pick("4095", "4096", "4097", "8192", "8193", "150", "151", "500", "501"),
        10 => $"{dice.Number(4_097, 60_000)}",
        11 => new string('0', dice.Pick(1, 3, 30, 500)) + $"{dice.Number(0, 20)}",
        12 => dice.Pick("4096001", "4294967296", "4294967297", "9223372036854775808", "18446744073709551617", new string('9', 500)),
        13 => dice.Pick("+5", "-1", "-0", "%205", "5%20", "5%09", "1e3", "1.5", "5.", ".5", "0x10", "1_000", "1,000", "5;a=b", "5%2F6"),
        14 => dice.Pick("%D9%A5", "%EF%BC%95", "%E0%A5%AB", "%F0%9D%9F%97", "%C2%B2", "5%E2%80%8B"),
        15 => dice.Pick("%35", "%30%30%37", "1%30"),
        16 => dice.Pick("abc", "NaN", "null", "true", "*", "@", "%22", "%25", "%3F", "{count}"),
        17 => "0",
        // Rarely, because each takes a second of what the format can issue.
        18 when dice.Chance(4) => "4096000",
        _ => $"{dice.Number(1, 4_096)}",
    };

    private static string Id(Dice dice) => dice.Pick(
        "0", "1", "378432687628619776", "9223372036854775807", "9223372036854775808", "-5", "1.5", "abc", "007", "%31",
        "+5", new string('1', 200), "%D9%A5", $"{(long)dice.Number(0, 2_000_000_000) << dice.Number(0, 31)}");

    private static string NearMiss(Dice dice) => dice.Pick(
        "/", "//", "//id", "/id/", "/id//", "/ID", "/Id", "/i", "/idd", "/id/5", "/ids", "/ids/", "/ids//5", "/ids/5/", "/ids/5/6",
        "/IDS/5", "/health/", "/health/dead", "/healthz", "/live", "/decode", "/decode/", "/metric", "/metrics/", "/openapi",
        "/openapi/v2.json", "/openapi/v1.yaml", "/.", "/..", "/./id", "/../id", "/x/../id", "/ids/../id", "/ids/5/..", "/id/.",
        "/id;x=y", "/id:80", "/favicon.ico", "/robots.txt", "/.env", "/id%2Fx", "/ids%2F5");

    private static string Encoded(string path, Dice dice) => "/" + string.Concat(path[1..].Select(letter =>
        letter != '/' && dice.Chance(40) ? $"%{(int)letter:X2}" : letter.ToString()));

    private static string Absolute(Request request, Dice dice)
    {
        if (dice.Chance(30)) request.Doubt();
        return request.Standing == Standing.Sound
            ? dice.Pick("http://ids/id", "http://ids/ids/7", "http://ids/nope")
            : dice.Pick("http://other/id", "https://ids/id", "http://ids", "HTTP://ids/id", "http:///id", "http://ids:99999/id", "ftp://ids/id", "ids/id");
    }

    private static string NoPath(Request request, Dice dice)
    {
        switch (dice.Number(1, 6))
        {
            case 1:
                // Longer than any line that is read.
                request.Spoil();
                return "/" + new string('x', dice.Pick(9_000, 40_000, 200_000));
            case 2:
                request.Spoil();
                return dice.Pick("/id%00", "/%00", "/ids/%005", "/id\0", "/ids/\0", "\0");
            case 3:
                request.Doubt();
                return "/ids/" + dice.Text("\x01\x07\b\t\x0b\f\x1b\x7f\\\"<>^`{|}#", 1, 5);
            case 4:
                request.Doubt();
                return "/ids/" + dice.Text("\x80\xa0\xc3\xa9\xff", 1, 5);
            case 5:
                request.Doubt();
                return "/ids/" + dice.Pick("%", "%5", "%zz", "%FF", "%C0%AF", "%ED%A0%80", "%F8%88%80%80%80", "%u0035", "%%35", "%0D%0A", "%01");
            default:
                request.Doubt();
                return dice.Pick("*", "id", "", "?", "#", "ids:80", ":", "/id#x", " /id", "/ id");
        }
    }
}
