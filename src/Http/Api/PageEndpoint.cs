using System.Security.Cryptography;
using System.Text;

namespace IdGenerator.Http.Api;

/// <summary>
/// <c>GET /</c> for browsers: the status page, which is one file beside this one. The page asks <c>/health</c>, <c>/metrics</c> and
/// <c>/workers</c> every two seconds while somebody looks at it, and spends no IDs.
/// </summary>
internal static class PageEndpoint
{
    private static readonly Lazy<(byte[] Html, string Policy)> Page = new(Load);

    public static async Task HandleAsync(HttpContext context)
    {
        var (html, policy) = Page.Value;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // A cache must not give the page to a client that is not a browser, nor the page of an earlier release to anybody.
        headers.Vary = "Accept";
        headers.CacheControl = "no-cache";
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = html.Length;
        await context.Response.Body.WriteAsync(html, context.RequestAborted);
    }

    private static (byte[] Html, string Policy) Load()
    {
        var html = Resources.Read("page.html");
        return (html, PolicyOf(Encoding.UTF8.GetString(html)));
    }

    /// <summary>
    /// The page may run its own script, use its own style and ask its own server, and nothing else. The hashes are those of the text
    /// between the tags (CSP Level 3, section 8.3), so a script that somebody smuggled into the page would not run.
    /// </summary>
    private static string PolicyOf(string html) =>
        $"default-src 'none'; script-src {HashOf(html, "script")}; style-src {HashOf(html, "style")}; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static string HashOf(string html, string element)
    {
        var start = html.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        var end = html.IndexOf($"</{element}>", start, StringComparison.Ordinal);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(html[start..end])))}'";
    }
}
