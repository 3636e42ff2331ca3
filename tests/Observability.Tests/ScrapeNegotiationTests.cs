using IdGenerator.Gateway.Observability.Prometheus;

namespace IdGenerator.Observability.Tests;

public sealed class ScrapeNegotiationTests
{
    [Theory]
    // Prometheus 2 and 3, as they ask by default.
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.2", true)]
    [InlineData("application/openmetrics-text", true)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", true)]
    [InlineData("text/plain, application/openmetrics-text;q=0.9", false)]
    [InlineData("application/openmetrics-text;version=0.0.1", false)]
    [InlineData("application/openmetrics-text;q=0", false)]
    [InlineData("*/*", false)]
    [InlineData("text/html", false)]
    [InlineData("no media type", false)]
    [InlineData(null, false)]
    public void OpenMetrics_is_for_those_who_ask_for_it_and_prefer_it(string? accept, bool expected) =>
        Assert.Equal(expected, ScrapeNegotiation.WantsOpenMetrics(accept));

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, GZIP;q=0.1", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("identity", false)]
    [InlineData(null, false)]
    public void Gzip_is_for_those_who_accept_it(string? acceptEncoding, bool expected) =>
        Assert.Equal(expected, ScrapeNegotiation.AcceptsGzip(acceptEncoding));
}
