using System.Text.RegularExpressions;
using IdGenerator.Hostile.Wire;

namespace IdGenerator.Hostile.Fuzzing;

/// <summary>Whether two servers answered alike, apart from IDs, times and the order of headers.</summary>
internal static partial class Likeness
{
    /// <returns>The first difference; null where there is none.</returns>
    public static string? Difference(Case script, IReadOnlyList<Answer?> one, IReadOnlyList<Answer?> other)
    {
        for (var index = 0; index < Math.Min(one.Count, other.Count); index++)
        {
            var request = script.Requests[index];
            // What is in doubt may be taken differently, and where a client has ended its side an answer may be missing.
            if (request.Standing != Standing.Sound || one[index] is null || other[index] is null) continue;
            var (left, right) = (Describe(request, one[index]!), Describe(request, other[index]!));
            if (left != right) return $"request   {request}\none       {left}\nother     {right}";
        }

        return null;
    }

    private static string Describe(Request request, Answer answer)
    {
        var route = Route.Of(request.Target)?.Pattern;
        var isMetrics = route is null or "/metrics";
        var isBatch = route == "/ids/{count}" && answer.Status == 200;
        var headers = answer.Headers
            .Where(header => header.Name != "Date" && !(isMetrics && header.Name is ("Content-Length" or "Last-Modified")))
            // A small batch has a length, and may have chunks off the fast path. Either was read to its end.
            .Where(header => !(isBatch && header.Name is ("Content-Length" or "Transfer-Encoding")))
            .Select(header => $"{header.Name}: {header.Value}")
            .Order(StringComparer.Ordinal);
        var isBinary = answer.Header("Content-Type") == "application/octet-stream";
        var body = isMetrics || isBatch || isBinary ? "" : Digits().Replace(answer.Text, "#");
        return $"{answer.Status} {string.Join(", ", headers)} | {body}";
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
