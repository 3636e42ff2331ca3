namespace IdGenerator.Http.Observability;

/// <summary>
/// Stands before the exporter of <c>/metrics</c>, which begins no collection while somebody is still being sent the one before.
/// Here the exporter writes to memory and is done at once, so a client that does not read its scrape delays nobody else's.
/// </summary>
internal static class ScrapeBuffer
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var client = context.Response.Body;
        using var scrape = new MemoryStream();
        context.Response.Body = scrape;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = client;
        }

        context.Response.ContentLength = scrape.Length;
        await client.WriteAsync(scrape.GetBuffer().AsMemory(0, (int)scrape.Length), context.RequestAborted);
    }
}
