using IdGenerator.Http.Formats;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace IdGenerator.Http.Answers;

/// <summary>Chooses a media type by <c>Accept</c>, as RFC 9110, section 12.5.1, has it.</summary>
internal static class Negotiation
{
    public static string Offer { get; } = string.Join(", ", IdFormat.All.Select(format => format.MediaType));

    /// <returns>The format of the highest quality, the first of equals; null where none is acceptable.</returns>
    public static IdFormat? Choose(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept)) return IdFormat.All[0];
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges)) return null;

        IdFormat? best = null;
        var bestQuality = 0d;
        foreach (var format in IdFormat.All)
        {
            var quality = Quality(format, ranges);
            if (quality > bestQuality) (best, bestQuality) = (format, quality);
        }

        return best;
    }

    /// <summary>The quality that the most specific matching range gives; 0 for unacceptable.</summary>
    private static double Quality(IdFormat format, IEnumerable<MediaTypeHeaderValue> ranges) => ranges
        .Where(range => Matches(range, format.MediaType))
        .OrderByDescending(Specificity)
        .Select(range => range.Quality ?? 1)
        .FirstOrDefault(0);

    private static bool Matches(MediaTypeHeaderValue range, string mediaType) =>
        range.MatchesAllTypes
        || range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        || (range.MatchesAllSubTypes
            && mediaType.StartsWith(range.Type.Value + "/", StringComparison.OrdinalIgnoreCase));

    private static int Specificity(MediaTypeHeaderValue range) =>
        range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2;
}
