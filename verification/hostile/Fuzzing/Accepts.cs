using System.Globalization;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary><c>Accept</c>: what clients send, what they may send, and what is none.</summary>
internal static class Accepts
{
    private static readonly string[] Types =
    [
        "application/json", "text/plain", "application/x-ndjson", "application/octet-stream", "application/vnd.id-ranges+json",
        "*/*", "application/*", "text/*", "image/png", "text/html", "application/xml", "image/*",
    ];

    public static void Choose(Request request, Dice dice)
    {
        if (dice.Chance(40)) return;
        if (dice.Chance(12))
        {
            Garbage(request, dice);
            return;
        }

        var most = dice.Chance(5) ? 200 : 4;
        var ranges = new List<MediaRange>();
        var values = new List<string>();
        for (var left = dice.Number(1, most); left > 0; left--)
        {
            var type = left > 10 ? $"x/{dice.Text("abcdefghij", 1, 12)}" : dice.Pick(Types);
            if (ranges.Any(range => range.Type == type)) continue;
            var quality = dice.Chance(50) ? "" : dice.Pick("0", "1", "0.5", "0.001", "1.000", "0.9", "0.25", "0.");
            ranges.Add(new(type, quality == "" ? 1 : double.Parse(quality, CultureInfo.InvariantCulture)));
            var spelled = dice.Chance(10) ? type.ToUpperInvariant() : type;
            values.Add(quality == "" ? spelled : spelled + dice.Pick(";q=", "; q=", " ;q=", ";Q=") + quality);
        }

        request.Accept = ranges;
        if (dice.Chance(15) && values.Count is > 1 and < 10)
        {
            foreach (var value in values) request.Headers.Add($"Accept: {value}");
        }
        else request.Headers.Add(dice.Pick("Accept: ", "accept:", "ACCEPT:\t") + string.Join(dice.Pick(",", ", ", " , ", ",,"), values));
    }

    private static void Garbage(Request request, Dice dice)
    {
        request.Doubt();
        request.Headers.Add("Accept: " + dice.Pick(
            "", ",", ";", "nonsense", "/", "*", "*/json", "application/", "application/json;q=2", "application/json;q=-1",
            "application/json;q=abc", "application/json;q=", "application/json;q=0.12345", "application/json;charset=\"", "text/plain;q=1;q=0",
            "application/json;charset=utf-8", "\"application/json\"", "application/json\tq=1", string.Join(',', Enumerable.Repeat("*/*;q=0.1", 500)),
            new string('a', 7_000), new string(';', 3_000), new string(',', 3_000), "\xe9/\xff", "text/plain;" + new string('x', 2_000) + "=1"));
    }
}
