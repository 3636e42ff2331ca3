using System.Buffers;
using System.IO.Compression;

namespace IdGenerator.Gateway.Observability.Prometheus;

/// <summary><c>GET /metrics</c></summary>
internal sealed class ScrapeEndpoint(PrometheusExporter exporter)
{
    private const int UsualSize = 64 * 1_024;

    // The buffer of the last scrape: all that concurrent ones need is a buffer each.
    private ArrayBufferWriter<byte>? _spare;

    public async Task HandleAsync(HttpContext context)
    {
        var openMetrics = ScrapeNegotiation.WantsOpenMetrics(context.Request.Headers.Accept);
        var headers = context.Response.Headers;
        headers.ContentType = openMetrics
            ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
            : "text/plain; version=0.0.4; charset=utf-8";
        headers.Vary = "Accept, Accept-Encoding";

        var text = Interlocked.Exchange(ref _spare, null) ?? new(UsualSize);
        text.ResetWrittenCount();
        exporter.Write(text, openMetrics);
        await SendAsync(context, text.WrittenMemory);
        _spare = text;
    }

    private static async Task SendAsync(HttpContext context, ReadOnlyMemory<byte> text)
    {
        var response = context.Response;
        if (!ScrapeNegotiation.AcceptsGzip(context.Request.Headers.AcceptEncoding))
        {
            response.ContentLength = text.Length;
            await response.Body.WriteAsync(text, context.RequestAborted);
            return;
        }

        response.Headers.ContentEncoding = "gzip";
        await using var gzip = new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await gzip.WriteAsync(text, context.RequestAborted);
    }
}
