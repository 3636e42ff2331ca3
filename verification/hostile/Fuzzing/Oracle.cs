using System.Globalization;
using System.Numerics;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary>Tells from a sound request what the contract has it answered with.</summary>
internal static class Oracle
{
    private const string Json = "application/json";
    private const long Epoch = 1_705_065_354_064;

    private static readonly string[] BulkTypes =
        [Json, "text/plain", "application/x-ndjson", "application/octet-stream", "application/vnd.id-ranges+json"];

    private static readonly Expectation NotFound = Expectation.OfError(404, "Not found");
    private static readonly Expectation NotAllowed = Expectation.OfError(405, "Method not allowed");
    private static readonly Expectation NotAcceptable =
        Expectation.OfError(406, $"Acceptable media types are {string.Join(", ", BulkTypes)}");

    /// <returns>Each of these is right; null where anything is that is no failure of the service.</returns>
    public static IReadOnlyList<Expectation>? Expect(Request request)
    {
        if (Route.Of(request.Target) is not { } route) return null;
        if (route.Pattern == "") return [NotFound];
        if (route.Pattern == "/" && !IsForBrowser(request)) return [NotFound];

        var expected = new List<Expectation>();
        if (request.Method is not ("GET" or "HEAD")) expected.Add(NotAllowed);
        else expected.AddRange(Answers(route, request.Accept));
        if (route.IsLoose) expected.Add(NotFound);
        return expected;
    }

    private static IEnumerable<Expectation> Answers(Route route, List<MediaRange>? accept) => route.Pattern switch
    {
        "/id" => [Best(accept) is { } type and not Json ? new(200, type) { Ids = 1 } : new(200, Json) { Ids = 1, IsSingle = true }],
        "/ids/{count}" => Bulk(route.Argument, accept),
        "/decode/{id}" => [Decoded(route.Argument)],
        "/health/live" => [new(200, Json) { Body = """{"status":"healthy"}""" }],
        // The rest is too much to repeat here; tests of their own look at them.
        "/metrics" => [new(200, "")],
        "/" => [new(200, "text/html; charset=utf-8")],
        _ => [new(200, Json)],
    };

    private static bool IsForBrowser(Request request) => request is { Method: "GET" or "HEAD", Accept: { } accept }
        && accept.Any(range => range.Type == "text/html" && range.Quality > 0);

    private static IEnumerable<Expectation> Bulk(string text, List<MediaRange>? accept)
    {
        var type = Best(accept);
        if (CountFault(text, out var count) is { } fault) yield return Expectation.OfError(400, fault);
        else if (type is not null) yield return new(200, type) { Ids = count };
        if (type is null) yield return NotAcceptable;
    }

    private static string? CountFault(string text, out int count)
    {
        count = 0;
        if (text.Any(letter => letter is < '0' or > '9')) return "Count must be a whole number";
        var number = BigInteger.Parse(text, CultureInfo.InvariantCulture);
        if (number == 0) return "Count must be at least 1";
        if (number > 4_096_000) return "Count must be less than or equal to 4096000";
        count = (int)number;
        return null;
    }

    private static Expectation Decoded(string text)
    {
        if (text.Any(letter => letter is < '0' or > '9')) return Expectation.OfError(400, "");
        var number = BigInteger.Parse(text, CultureInfo.InvariantCulture);
        if (number > long.MaxValue) return Expectation.OfError(400, "");
        var id = (long)number;
        var milliseconds = (id >> 22) + Epoch;
        var fields = $"\"id\":\"{id}\",\"timestamp\":\"{Time(milliseconds)}\",\"timestamp_ms\":{milliseconds}," +
            $"\"worker_id\":{(id >> 12) & 1023},\"sequence\":{id & 4095},\"epoch\":\"{Time(Epoch)}\"";
        var warning = milliseconds > DateTimeOffset.UtcNow.AddMinutes(1.5).ToUnixTimeMilliseconds()
            ? ",\"warning\":\"The timestamp is in the future: an ID of another system, or one that was made while a clock was wrong\""
            : "";
        return new(200, Json) { Body = $"{{{fields}{warning}}}" };
    }

    private static string Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>RFC 9110, section 12.5.1: the range that fits most closely decides on a type.</summary>
    private static string? Best(List<MediaRange>? accept)
    {
        if (accept is null) return Json;
        var best = BulkTypes.MaxBy(type => Quality(type, accept))!;
        return Quality(best, accept) > 0 ? best : null;
    }

    private static double Quality(string type, List<MediaRange> accept)
    {
        foreach (var range in (string[])[type, $"{type.Split('/')[0]}/*", "*/*"])
        {
            if (accept.FirstOrDefault(accepted => accepted.Type.Equals(range, StringComparison.OrdinalIgnoreCase)) is { } match)
                return match.Quality;
        }

        return 0;
    }
}
