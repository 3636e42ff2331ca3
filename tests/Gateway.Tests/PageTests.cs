using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IdGenerator.Gateway.Tests;

/// <summary>The status page, as it comes over HTTP. What it does in a browser is tested in tests/page.</summary>
public sealed partial class PageTests(GatewayFixture gateway) : IClassFixture<GatewayFixture>
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    [Theory]
    [InlineData(Browser)]
    [InlineData("text/html")]
    [InlineData("TEXT/HTML;q=0.001")]
    [InlineData("application/json, text/html;level=1")]
    public async Task A_browser_gets_the_page(string accept)
    {
        using var response = await SendAsync(HttpMethod.Get, accept);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.StartsWith("<!doctype html>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("text/*")]
    [InlineData("application/json")]
    [InlineData("application/xhtml+xml, */*")]
    [InlineData("text/html;q=0, */*")]
    [InlineData("nonsense")]
    public async Task Curl_and_other_programs_get_their_404(string? accept)
    {
        using var response = await SendAsync(HttpMethod.Get, accept);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("""{"error":"Not found"}""", await response.Content.ReadAsStringAsync());
        var headers = response.Headers.Concat(response.Content.Headers).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}");
        Assert.Equal(
            ["Content-Length: 21", "Content-Type: application/json"],
            headers.Where(header => !header.StartsWith("Date: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("OPTIONS")]
    [InlineData("DELETE")]
    public async Task Another_method_than_GET_and_HEAD_finds_no_page(string method)
    {
        using var response = await SendAsync(new(method), Browser);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Head_tells_of_the_page_what_get_does_without_the_page()
    {
        using var get = await SendAsync(HttpMethod.Get, Browser);
        using var head = await SendAsync(HttpMethod.Head, Browser);
        using var program = await SendAsync(HttpMethod.Head, "*/*");

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.GetValues("Content-Security-Policy"), head.Headers.GetValues("Content-Security-Policy"));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotFound, program.StatusCode);
    }

    [Fact]
    public async Task The_page_may_use_its_own_script_style_and_server_and_nothing_else()
    {
        using var response = await SendAsync(HttpMethod.Get, Browser);

        var html = await response.Content.ReadAsStringAsync();
        Assert.Equal(
            $"default-src 'none'; script-src 'sha256-{HashOf(Script(), html)}'; style-src 'sha256-{HashOf(Style(), html)}'; " +
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
    }

    [Fact]
    public async Task Caches_give_the_page_to_browsers_alone_and_never_an_old_one()
    {
        using var response = await SendAsync(HttpMethod.Get, Browser);

        Assert.Equal("Accept", Assert.Single(response.Headers.Vary));
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task The_page_reads_IDs_from_the_epoch_of_the_service()
    {
        using var response = await SendAsync(HttpMethod.Get, Browser);

        var epoch = Layout.Epoch.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"const epoch = {epoch};", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Views_of_the_page_are_counted_and_what_programs_ask_has_no_route_still()
    {
        using var page = await SendAsync(HttpMethod.Get, Browser);
        using var program = await SendAsync(HttpMethod.Get, "*/*");

        var scrape = await gateway.Service.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        const string Series = "id_generator_http_request_duration_seconds_count";
        Assert.Contains($"{Series}{{route=\"/\",status=\"200\"}}", scrape, StringComparison.Ordinal);
        Assert.Contains($"{Series}{{route=\"none\",status=\"404\"}}", scrape, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Series}{{route=\"/\",status=\"404\"}}", scrape, StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string? accept)
    {
        using var request = new HttpRequestMessage(method, "/");
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await gateway.Service.Client.SendAsync(request);
    }

    private static string HashOf(Regex element, string html) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Assert.Single(element.Matches(html)).Groups[1].Value)));

    [GeneratedRegex("<script>(.*)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
