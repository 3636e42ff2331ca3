using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary>What a scraper asks for (RFC 9110, sections 12.5.1 and 12.5.3).</summary>
internal static class ScrapeNegotiation
{
    /// <summary>
    /// True where <c>Accept</c> names OpenMetrics, in version 1.0.0 or in any, and prefers it to plain text. Everybody else
    /// gets plain text: a scrape is never refused.
    /// </summary>
    public static bool WantsOpenMetrics(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var ranges)) return false;
        double openMetrics = 0, plain = 0;
        foreach (var range in ranges)
        {
            var quality = range.Quality ?? 1;
            if (IsOpenMetrics(range)) openMetrics = Math.Max(openMetrics, quality);
            if (range.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase)) plain = Math.Max(plain, quality);
        }

        return openMetrics > 0 && openMetrics >= plain;
    }

    public static bool AcceptsGzip(StringValues acceptEncoding) =>
        StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var codings)
        && codings.Any(coding => coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && coding.Quality is not 0);

    private static bool IsOpenMetrics(MediaTypeHeaderValue range)
    {
        if (!range.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)) return false;
        var version = NameValueHeaderValue.Find(range.Parameters, "version");
        return version is null || version.GetUnescapedValue().Equals("1.0.0", StringComparison.Ordinal);
    }
}
